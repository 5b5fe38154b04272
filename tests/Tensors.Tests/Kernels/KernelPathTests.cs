using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using System.Text.RegularExpressions;

namespace Tapestry.Tensors.Tests;

/// <summary>
/// The kernels in narrower registers than this machine's widest. The runtime reads from its environment which it may use, once, when it starts; so tests/Kernels.Child is
/// started for each, and checks the kernels on hundreds of random shapes.
/// </summary>
public partial class KernelPathTests(KernelPathTests.Children children) : IClassFixture<KernelPathTests.Children>
{
    private static readonly string[] Widths = ["scalar", "128 bits", "256 bits", "512 bits"];

    // Without AVX2 the runtime has no fused multiply-add either: SSE's instructions, encoded as AVX has them, and then without AVX at all. Machines that are no x86 have none of
    // the three, so that their variables change nothing there.
    [Theory]
    [InlineData(Nothing, "512 bits", true, true)]
    [InlineData("DOTNET_EnableAVX512", "256 bits", true, true)]
    [InlineData("DOTNET_EnableAVX2", "128 bits", true, false)]
    [InlineData("DOTNET_EnableAVX", "128 bits", false, false)]
    [InlineData("DOTNET_EnableHWIntrinsic", "scalar", false, false)]
    public async Task Kernels_are_right_in_every_kind_of_register(string disabled, string widest, bool hasAvx, bool hasFma)
    {
        ChildResult result = await children.Without(disabled);

        // A variable without effect must not pass for a test of what it should have left.
        string width = Widths[Math.Min(Array.IndexOf(Widths, widest), Array.IndexOf(Widths, MatrixProduct.Path))];
        Assert.StartsWith($"registers: {width}, AVX: {hasAvx && Avx.IsSupported}, FMA: {hasFma && Fma.IsSupported}\n", result.Output, StringComparison.Ordinal);
        Assert.True(result.Status == 0, $"{disabled}=0, status {result.Status}:\n{result.Output}{result.Error}");
        Assert.All((string[])["Products: 4000 cases, 0 failures", "Normalizations", "DenseLayers", "Functions", "Softmaxes", "Updates", "OptimizerBits", "Einsum"], kernel => Assert.Contains($"\n{kernel}", result.Output, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Registers_of_512_and_of_256_bits_give_the_same_bits()
    {
        string output = (await children.Without("DOTNET_EnableAVX512")).Output, widest = (await children.Without(Nothing)).Output;

        Assert.Equal(Kernels(widest), Kernels(output));
        Assert.All(Kernels(widest), kernel => Assert.Equal(Bits(widest, kernel), Bits(output, kernel)));
    }

    // What multiplies and adds in one rounding where there are fused multiply-adds differs in the last bits without, and so do functions of the library. The rest does not.
    [Theory]
    [InlineData("DOTNET_EnableAVX2")]
    [InlineData("DOTNET_EnableAVX")]
    [InlineData("DOTNET_EnableHWIntrinsic")]
    public async Task What_needs_no_fused_multiply_add_has_the_same_bits_in_every_kind_of_register(string disabled)
    {
        string[] fuses = ["Products", "DenseLayers", "Updates", "OptimizerBits", "MatMul", "Dense", "Einsum"];
        string[] usesTheLibrary = ["Log", "Power", "Sin", "Cos", "Tan", "Mish", "LogSoftmax", "LogSumExp"];
        string output = (await children.Without(disabled)).Output, widest = (await children.Without(Nothing)).Output;

        Assert.All(Kernels(widest).Except([.. fuses, .. usesTheLibrary]), kernel => Assert.Equal(Bits(widest, kernel), Bits(output, kernel)));
    }

    [Theory]
    [InlineData("DOTNET_EnableAVX")]
    [InlineData("DOTNET_EnableHWIntrinsic")]
    public async Task Without_fused_multiply_adds_registers_of_128_bits_and_none_give_the_same_bits(string disabled)
    {
        // Elsewhere registers of 128 bits have it.
        if (!X86Base.IsSupported) return;
        string output = (await children.Without(disabled)).Output, narrow = (await children.Without("DOTNET_EnableAVX2")).Output;

        Assert.All((string[])["Products", "DenseLayers", "Updates", "OptimizerBits"], kernel => Assert.Equal(Bits(narrow, kernel), Bits(output, kernel)));
    }

    // In a process of its own: in this one, other tests have started some.
    [Fact]
    public async Task With_one_thread_none_is_ever_started()
    {
        string workers = (await children.Without(Nothing)).Output.Split('\n')[1];

        Assert.Equal(OperatingSystem.IsLinux() ? "workers: 0 with one thread, 2 with three" : "workers: -1 with one thread, -1 with three", workers);
    }

    private const string Nothing = "nothing";

    private static string[] Kernels(string output) => [.. BitsOf().Matches(output).Select(match => match.Groups[1].Value)];

    private static (string F32, string F64) Bits(string output, string kernel)
    {
        Match found = BitsOf().Matches(output).Single(match => match.Groups[1].Value == kernel);
        return (found.Groups[2].Value, found.Groups[3].Value);
    }

    [GeneratedRegex("^([A-Za-z0-9]+): .*, bits ([0-9A-F]+) ([0-9A-F]+)", RegexOptions.Multiline)]
    private static partial Regex BitsOf();

    /// <summary>What a child wrote, and its status.</summary>
    internal sealed record ChildResult(int Status, string Output, string Error);

    /// <summary>The children, each run once however many tests look at it.</summary>
    public sealed class Children
    {
        /// <summary>Only what hangs is ever this slow.</summary>
        private static readonly TimeSpan Hang = TimeSpan.FromMinutes(3);

        private readonly ConcurrentDictionary<string, Task<ChildResult>> results = new();

        internal Task<ChildResult> Without(string disabled) => results.GetOrAdd(disabled, Run);

        private static async Task<ChildResult> Run(string disabled)
        {
            // The runtime that runs the tests, and the program that the build put beside them.
            string root = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));
            ProcessStartInfo start = new(Path.Combine(root, OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet"), [Path.Combine(AppContext.BaseDirectory, "Tapestry.Kernels.Child.dll")])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                StandardOutputEncoding = System.Text.Encoding.UTF8,
            };
            if (disabled != Nothing) start.Environment[disabled] = "0";
            using Process process = Process.Start(start)!;
            Task<string> output = process.StandardOutput.ReadToEndAsync(), error = process.StandardError.ReadToEndAsync();
            using CancellationTokenSource hang = new(Hang);
            try
            {
                await process.WaitForExitAsync(hang.Token);
            }
            catch (OperationCanceledException)
            {
                process.Kill();
                Assert.Fail($"{disabled}: hangs after\n{await output}");
            }

            return new ChildResult(process.ExitCode, (await output).ReplaceLineEndings("\n"), await error);
        }
    }
}
