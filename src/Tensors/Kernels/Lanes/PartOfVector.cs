using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Tapestry.Tensors;

/// <summary>Writes the first elements of a vector of fixed width, whatever registers the machine has.</summary>
internal static class PartOfVector
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store<T>(Vector256<T> value, ref T target, int count)
        where T : unmanaged
    {
        if (count == Vector256<T>.Count) value.StoreUnsafe(ref target);
        else if (Avx.IsSupported) Lanes256<T>.StorePart(value, ref target, count);
        else OneByOne(value, ref target, count);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store<T>(Vector512<T> value, ref T target, int count)
        where T : unmanaged
    {
        if (count == Vector512<T>.Count) value.StoreUnsafe(ref target);
        else if (Vector512.IsHardwareAccelerated) Lanes512<T>.StorePart(value, ref target, count);
        else OneByOne(value, ref target, count);
    }

    private static void OneByOne<TVector, T>(TVector value, ref T target, int count)
        where TVector : struct
        where T : unmanaged
    {
        for (int i = 0; i < count; i++) Unsafe.Add(ref target, i) = Unsafe.Add(ref Unsafe.As<TVector, T>(ref value), i);
    }
}
