using Tapestry.Tensors;

namespace Tapestry.Data.Tests;

public sealed class MnistTests : IDisposable
{
    private const string TrainImages = "train-images-idx3-ubyte", TrainLabels = "train-labels-idx1-ubyte";
    private const string TestImages = "t10k-images-idx3-ubyte", TestLabels = "t10k-labels-idx1-ubyte";

    private readonly TestFolder folder = new();

    // A valid set of three images of 2 by 2 to train on and one to test with; each test then damages it.
    public MnistTests()
    {
        Put(TrainImages, [3, 2, 2], 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11);
        Put(TrainLabels, [3], 0, 9, 5);
        Put(TestImages, [1, 2, 2], 20, 21, 22, 23);
        Put(TestLabels, [1], 7);
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Four_files_make_two_sets()
    {
        (DataSet train, DataSet test) = Mnist.Load(folder.Path);

        Assert.Equal("DataSet(U8 [3, 2, 2] -> 10 classes)", train.ToString());
        Assert.Equal([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11], train.Features.ToArray<byte>());
        Assert.Equal([0, 9, 5], train.Targets.ToArray<byte>());
        Assert.Equal([20, 21, 22, 23], test.Features.ToArray<byte>());
        Assert.Equal([7], test.Targets.ToArray<byte>());
    }

    [Fact]
    public void Compressed_files_are_found_by_their_ending()
    {
        foreach (string name in new[] { TrainImages, TrainLabels, TestImages, TestLabels })
        {
            folder.Put(name + ".gz", Gzip.Pack(File.ReadAllBytes(folder[name])));
            File.Delete(folder[name]);
        }

        Assert.Equal(3, Mnist.Load(folder.Path).Train.Count);
    }

    [Theory]
    [InlineData(TrainImages)]
    [InlineData(TrainLabels)]
    [InlineData(TestImages)]
    [InlineData(TestLabels)]
    public void A_missing_file_is_named(string name)
    {
        File.Delete(folder[name]);

        Refusal.Expect<FileNotFoundException>(Load, name, $"{name}.gz, in {folder.Path}, got neither");
    }

    [Fact]
    public void A_missing_folder_is_told_like_missing_files()
    {
        Refusal.Expect<FileNotFoundException>(() => Mnist.Load(folder["none"]), TrainImages, folder["none"]);
    }

    [Fact]
    public void A_folder_under_a_files_name_is_refused()
    {
        File.Delete(folder[TestLabels]);
        Directory.CreateDirectory(folder[TestLabels]);

        Refusal.Expect<DataFormatException>(Load, TestLabels, "got a folder");
    }

    [Fact]
    public void A_web_page_under_a_files_name_is_refused()
    {
        folder.Put(TrainImages, "<html>404</html>"u8);

        Refusal.Expect<DataFormatException>(Load, TrainImages, "web page");
    }

    [Fact]
    public void Labels_above_nine_are_refused()
    {
        Put(TrainLabels, [3], 0, 10, 5);

        Refusal.Expect<DataFormatException>(Load, TrainLabels, "labels from 0 to 9, got 10 at position 1");
    }

    [Fact]
    public void Counts_that_differ_are_refused()
    {
        Put(TestLabels, [2], 7, 8);

        Refusal.Expect<DataFormatException>(Load, TestLabels, $"1 labels, as many as {TestImages} has images, got 2");
    }

    [Fact]
    public void Images_and_labels_that_changed_places_are_refused()
    {
        File.Move(folder[TrainImages], folder["keep"]);
        File.Move(folder[TrainLabels], folder[TrainImages]);
        File.Move(folder["keep"], folder[TrainLabels]);

        Refusal.Expect<DataFormatException>(Load, TrainLabels, "labels U8 [N], got U8 [3, 2, 2]");
    }

    [Fact]
    public void Images_of_another_rank_or_type_and_empty_ones_are_refused()
    {
        Put(TrainImages, [3, 4], 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11);
        Refusal.Expect<DataFormatException>(Load, TrainImages, "got U8 [3, 4]");

        Idx.Write(folder[TrainImages], Tensor.Zeros([3, 2, 2]));
        Refusal.Expect<DataFormatException>(Load, TrainImages, "got F32 [3, 2, 2]");

        Put(TrainImages, [0, 2, 2]);
        Refusal.Expect<DataFormatException>(Load, TrainImages, "got U8 [0, 2, 2]");
    }

    [Fact]
    public void Labels_of_another_type_are_refused()
    {
        Idx.Write(folder[TestLabels], Tensor.From([7]));

        Refusal.Expect<DataFormatException>(Load, TestLabels, "labels U8 [N], got I32 [1]");
    }

    [Fact]
    public void Test_images_of_another_size_are_refused()
    {
        Put(TestImages, [1, 2, 3], 1, 2, 3, 4, 5, 6);

        Refusal.Expect<DataFormatException>(Load, TestImages, "images of [2, 2], as in training, got [2, 3]");
    }

    [Theory]
    [InlineData(false, "")]
    [InlineData(true, ".gz")]
    public void Sets_that_are_saved_come_back_from_a_folder_that_is_made_for_them(bool compress, string ending)
    {
        string target = Path.Combine(folder["new"], "deeper");
        DataSet train = new(Tensor.From(new byte[] { 1, 2, 3, 4, 5, 6, 7, 8 }, [2, 2, 2]), Tensor.From(new byte[] { 3, 9 }), 10);
        DataSet test = new(Tensor.From(new byte[] { 9, 8, 7, 6 }, [1, 2, 2]), Tensor.From(new byte[] { 0 }), 10);

        IReadOnlyList<string> paths = Mnist.Save(target, train, test, compress);

        Assert.Equal(((string[])[TrainImages, TrainLabels, TestImages, TestLabels]).Select(name => Path.Combine(target, name + ending)), paths);
        Assert.Equal(paths.Order(StringComparer.Ordinal), Directory.GetFileSystemEntries(target).Order(StringComparer.Ordinal));
        (DataSet readTrain, DataSet readTest) = Mnist.Load(target);
        Assert.Equal("DataSet(U8 [2, 2, 2] -> 10 classes)", readTrain.ToString());
        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8], readTrain.Features.ToArray<byte>());
        Assert.Equal([3, 9], readTrain.Targets.ToArray<byte>());
        Assert.Equal([9, 8, 7, 6], readTest.Features.ToArray<byte>());
        Assert.Equal([0], readTest.Targets.ToArray<byte>());
    }

    [Theory]
    [InlineData(TrainImages)]
    [InlineData(TestLabels)]
    public void Saving_replaces_no_file_and_writes_none_beside_it(string taken)
    {
        (DataSet train, DataSet test) = Mnist.Load(folder.Path);
        string target = folder["target"];
        Directory.CreateDirectory(target);
        File.WriteAllText(Path.Combine(target, taken), "mine");

        string message = Assert.Throws<IOException>(() => Mnist.Save(target, train, test)).Message;

        Assert.Contains($"{taken}: expected a folder without such files, got one that holds this.", message, StringComparison.Ordinal);
        Assert.Equal("mine", File.ReadAllText(Assert.Single(Directory.GetFileSystemEntries(target))));
    }

    [Fact]
    public void Headers_that_disagree_are_refused_before_their_data_are_unpacked()
    {
        // 100 megabytes that are there, and one label.
        Put(TrainLabels, [1], 0);
        File.Delete(folder[TrainImages]);
        byte[] megabyte = Gzip.Pack(new byte[1 << 20]);
        byte[] header = Gzip.Pack(0, 0, 8, 3, 0, 0, 0, 100, 0, 0, 4, 0, 0, 0, 4, 0);
        folder.Put(TrainImages + ".gz", [.. header, .. Enumerable.Repeat(megabyte, 100).SelectMany(member => member)]);
        long before = GC.GetAllocatedBytesForCurrentThread();

        Refusal.Expect<DataFormatException>(Load, TrainLabels, "expected 100 labels");

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 2 << 20);
    }

    [MnistFact]
    public void The_real_set_is_read()
    {
        (DataSet train, DataSet test) = Mnist.Load(MnistFactAttribute.Directory);

        Assert.Equal("DataSet(U8 [60000, 28, 28] -> 10 classes)", train.ToString());
        Assert.Equal("DataSet(U8 [10000, 28, 28] -> 10 classes)", test.ToString());
        Assert.Equal(47_040_000, train.Features.ByteLength);

        // The first labels as everybody knows them, and how often each digit occurs in the training set, as published.
        Assert.Equal([5, 0, 4, 1, 9], train.Targets.Rows(0, 5).ToArray<byte>());
        Assert.Equal([7, 2, 1, 0, 4], test.Targets.Rows(0, 5).ToArray<byte>());
        int[] counts = [.. Enumerable.Range(0, 10).Select(digit => train.Targets.ToArray<byte>().Count(label => label == digit))];
        Assert.Equal([5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949], counts);
    }

    private void Load() => Mnist.Load(folder.Path);

    private void Put(string name, Shape shape, params byte[] values) => Idx.Write(folder[name], Tensor.From(values, shape));
}
