namespace Tapestry.Data.Tests;

public class PublicApiTests
{
    [Fact]
    public async Task Changes_are_seen() => await Verifier.Verify(PublicApi.Of(typeof(DataSet).Assembly));
}
