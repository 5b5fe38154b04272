using System.Security.Cryptography;

namespace Tapestry.Data.Tests;

public class PublishedFileTests
{
    private static readonly byte[] Content = [.. Enumerable.Range(0, 3000).Select(i => (byte)(i * i))];
    private static readonly PublishedFile Published = new("numbers", Content.Length, Digest(Content));

    [Fact]
    public void The_file_is_known_plain_packed_and_packed_otherwise()
    {
        using TestFolder folder = new();

        Published.Check(folder.Put("numbers", Content));
        Published.Check(folder.Put("numbers.gz", Gzip.Pack(Content)));
        Published.Check(folder.Put("numbers.gz", [.. Gzip.Pack(Content.AsSpan(0, 1000)), .. Gzip.Pack(Content.AsSpan(1000))]));
    }

    [Fact]
    public void Anything_else_is_refused_by_name_and_a_bomb_at_the_length()
    {
        using TestFolder folder = new();
        byte[] changed = [.. Content], bomb = Gzip.Pack(new byte[4_000_000]);
        changed[7] ^= 1;

        Refused("expected 3000 bytes with SHA-256 ", changed);
        Refused("expected 3000 bytes with SHA-256 ", Gzip.Pack(changed));
        Refused("expected 3000 uncompressed bytes, got 2999.", Content[..^1]);
        Refused("expected 3000 uncompressed bytes, got more.", [.. Content, 0]);
        Refused("expected 3000 uncompressed bytes, got more.", Gzip.Pack([.. Content, 0]));
        Refused("expected at most 7471 bytes, got 7472.", new byte[7472]);
        Refused("expected an IDX file, got an empty file", []);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Refused("expected 3000 uncompressed bytes, got more.", bomb);
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 1 << 20);

        void Refused(string expected, byte[] bytes)
        {
            string message = Assert.Throws<DataFormatException>(() => Published.Check(folder.Put("numbers.gz", bytes))).Message;
            Assert.StartsWith("numbers.gz: ", message, StringComparison.Ordinal);
            Assert.Contains(expected, message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_digest_of_the_packed_file_knows_that_file_alone()
    {
        using TestFolder folder = new();
        byte[] packed = Gzip.Pack(Content);
        PublishedFile strict = new("numbers", Content.Length, Digest(packed), IsDigestOfPacked: true);

        strict.Check(folder.Put("numbers.gz", packed));

        Assert.Throws<DataFormatException>(() => strict.Check(folder.Put("numbers", Content)));
        Assert.Throws<DataFormatException>(() => strict.Check(folder.Put("numbers.gz", [.. Gzip.Pack(Content.AsSpan(0, 1000)), .. Gzip.Pack(Content.AsSpan(1000))])));
    }

    [MnistFact]
    public void The_real_files_have_the_digests_that_are_written_down()
    {
        foreach (PublishedFile file in PublishedSet.Mnist.Files) file.Check(Path.Combine(MnistFactAttribute.Directory, file.PackedName));
    }

    [Fact]
    public void Every_set_has_mnists_files_digests_of_the_right_length_and_mirrors_that_are_folders()
    {
        foreach (PublishedSet set in PublishedSet.All)
        {
            Assert.Equal(Mnist.PathsIn(""), set.Files.Select(file => file.Name));
            Assert.All(set.Files, file => Assert.Matches("^[0-9a-f]{64}$", file.Sha256));
            Assert.All(set.Mirrors, mirror => Assert.EndsWith("/", mirror.ToString(), StringComparison.Ordinal));
            Assert.True(set.Mirrors.Count >= 2);
        }
    }

    private static string Digest(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}
