namespace Tapestry.Data.Tests;

public sealed class AtomicFileTests : IDisposable
{
    private readonly TestFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_file_is_made_and_replaced_and_nothing_else_is_left()
    {
        AtomicFile.Write(folder["file"], stream => stream.Write([1, 2, 3]));
        Assert.Equal([1, 2, 3], File.ReadAllBytes(folder["file"]));

        AtomicFile.Write(folder["file"], stream => stream.WriteByte(4));

        Assert.Equal([4], File.ReadAllBytes(folder["file"]));
        Assert.Equal([folder["file"]], Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    public void While_it_is_written_the_old_content_stands_and_the_new_lies_in_the_same_folder()
    {
        folder.Put("file", 1);

        AtomicFile.Write(folder["file"], stream =>
        {
            stream.WriteByte(2);
            stream.Flush();
            Assert.Equal([1], File.ReadAllBytes(folder["file"]));
            Assert.Equal(2, Directory.GetFiles(folder.Path).Length);
        });

        Assert.Equal([2], File.ReadAllBytes(folder["file"]));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(1_000_000)]
    public void A_writer_that_throws_leaves_the_old_file_and_no_temporary_one(int written)
    {
        folder.Put("file", 1, 2, 3);
        folder.Put("kept", 9);

        InvalidTimeZoneException thrown = Assert.Throws<InvalidTimeZoneException>(() => AtomicFile.Write(
            folder["file"],
            stream =>
            {
                stream.Write(new byte[written]);
                throw new InvalidTimeZoneException("the writer's own");
            },
            keepAs: folder["kept"]));

        Assert.Equal("the writer's own", thrown.Message);
        Assert.Equal([1, 2, 3], File.ReadAllBytes(folder["file"]));
        Assert.Equal([9], File.ReadAllBytes(folder["kept"]));
        Assert.Equal(2, Directory.GetFileSystemEntries(folder.Path).Length);
    }

    [Fact]
    public void A_writer_that_throws_makes_no_file_where_there_was_none()
    {
        Assert.Throws<IOException>(() => AtomicFile.Write(folder["file"], _ => throw new IOException("full")));

        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    public void What_stood_before_is_kept_where_it_is_asked_for_and_only_the_last()
    {
        AtomicFile.Write(folder["file"], stream => stream.WriteByte(1), keepAs: folder["kept"]);
        Assert.False(File.Exists(folder["kept"]));

        AtomicFile.Write(folder["file"], stream => stream.WriteByte(2), keepAs: folder["kept"]);
        AtomicFile.Write(folder["file"], stream => stream.WriteByte(3), keepAs: folder["kept"]);

        Assert.Equal([3], File.ReadAllBytes(folder["file"]));
        Assert.Equal([2], File.ReadAllBytes(folder["kept"]));
        Assert.Equal(2, Directory.GetFileSystemEntries(folder.Path).Length);
    }

    [Fact]
    public void What_a_crash_left_behind_is_written_over()
    {
        string temporary = "";
        AtomicFile.Write(folder["file"], _ => temporary = Assert.Single(Directory.GetFiles(folder.Path)));
        File.WriteAllBytes(temporary, [7, 7, 7]);

        AtomicFile.Write(folder["file"], stream => stream.WriteByte(1));

        Assert.Equal([1], File.ReadAllBytes(folder["file"]));
        Assert.Equal([folder["file"]], Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    public void A_target_that_cannot_be_replaced_is_an_IO_failure_and_leaves_no_temporary_file()
    {
        Directory.CreateDirectory(folder["inner"]);

        Exception failure = Assert.ThrowsAny<Exception>(() => AtomicFile.Write(folder["inner"], stream => stream.WriteByte(1)));

        Assert.True(failure is IOException or UnauthorizedAccessException, failure.ToString());
        Assert.Equal([folder["inner"]], Directory.GetFileSystemEntries(folder.Path));
        Assert.ThrowsAny<IOException>(() => AtomicFile.Write(Path.Combine(folder["none"], "file"), stream => stream.WriteByte(1)));
    }
}
