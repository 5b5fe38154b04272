namespace Tapestry.Layers.Tests;

public class PublicApiTests
{
    [Fact]
    public async Task Changes_are_seen() => await Verifier.Verify(PublicApi.Of(typeof(Layer).Assembly));
}
