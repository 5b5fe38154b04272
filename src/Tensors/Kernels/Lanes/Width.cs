using System.Numerics;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Tapestry.Tensors;

/// <summary>What is done in registers of one width or another.</summary>
internal interface IWidthBody<T>
    where T : unmanaged
{
    void Run<TLanes, TVector>()
        where TLanes : struct, ILanes<TVector, T>
        where TVector : struct;
}

/// <summary>The widest registers of this machine, known when a kernel is compiled.</summary>
internal static class Width
{
    /// <summary><c>512 bits</c>, <c>256 bits</c>, <c>128 bits</c> or <c>scalar</c>.</summary>
    public static string Name => Vector512.IsHardwareAccelerated ? "512 bits" : HasFused256 ? "256 bits" : Vector128.IsHardwareAccelerated ? "128 bits" : "scalar";

    private static bool HasFused256 => Vector256.IsHardwareAccelerated && Fma.IsSupported;

    /// <summary>Does it in the widest.</summary>
    public static void Run<T, TBody>(TBody body)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TBody : struct, IWidthBody<T>, allows ref struct
    {
        if (Vector512.IsHardwareAccelerated) body.Run<Lanes512<T>, Vector512<T>>();
        else if (HasFused256) body.Run<Lanes256<T>, Vector256<T>>();
        else if (Vector128.IsHardwareAccelerated) body.Run<Lanes128<T>, Vector128<T>>();
        else body.Run<LanesScalar<T>, T>();
    }
}
