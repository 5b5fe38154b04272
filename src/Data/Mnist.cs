using System.Globalization;
using Tapestry.Tensors;

namespace Tapestry.Data;

/// <summary>
/// Reads MNIST, or any set in its form (Fashion-MNIST for one), from the four files under which it is published. Nothing is fetched.
/// </summary>
public static class Mnist
{
    private const int Classes = 10;

    /// <summary>Reads both sets: for MNIST 60,000 images to train on and 10,000 to test with.</summary>
    /// <param name="directory">
    /// The folder of <c>train-images-idx3-ubyte</c>, <c>train-labels-idx1-ubyte</c>, <c>t10k-images-idx3-ubyte</c> and <c>t10k-labels-idx1-ubyte</c>,
    /// each plain or with <c>.gz</c> behind its name. Where both lie there the plain one is read.
    /// </param>
    /// <returns>Features U8 [N, height, width] and targets U8 [N], labels from 0 to 9.</returns>
    /// <exception cref="DataFormatException">
    /// A file is damaged, holds no such images or labels, there are more of one than of the other, or the two sets' images differ in size.
    /// </exception>
    /// <exception cref="IOException">A file is missing or cannot be read.</exception>
    public static (DataSet Train, DataSet Test) Load(string directory)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        DataSet train = Load(directory, "train");
        DataSet test = Load(directory, "t10k");
        return train.FeatureShape == test.FeatureShape
            ? (train, test)
            : throw new DataFormatException(
                $"t10k-images-idx3-ubyte: expected images of {train.FeatureShape}, as in training, got {test.FeatureShape}. Do the files belong together? Fetch them from one place.");
    }

    /// <summary>Writes two sets as the four files that <see cref="Load(string)"/> reads, replacing none.</summary>
    /// <param name="directory">The folder, made if it does not exist.</param>
    /// <param name="train">Features U8 [N, height, width], targets U8 [N].</param>
    /// <param name="test">The same for the test part.</param>
    /// <param name="compress">Whether the files are gzip, with <c>.gz</c> behind their names; plain unless told otherwise.</param>
    /// <returns>The files' paths.</returns>
    /// <exception cref="IOException">One of the files exists, or cannot be written.</exception>
    public static IReadOnlyList<string> Save(string directory, DataSet train, DataSet test, bool compress = false)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        ArgumentNullException.ThrowIfNull(train);
        ArgumentNullException.ThrowIfNull(test);
        IReadOnlyList<string> paths = PathsIn(directory, compress);
        if (paths.FirstOrDefault(DataFile.IsThere) is { } taken) throw new IOException($"{taken}: expected a folder without such files, got one that holds this. Remove it, or choose another folder.");
        Directory.CreateDirectory(directory);
        Tensor[] contents = [train.Features, train.Targets, test.Features, test.Targets];
        for (int i = 0; i < contents.Length; i++) Idx.Write(paths[i], contents[i], compress);
        return paths;
    }

    /// <summary>The paths of the four files: images and labels to train on, then those to test with.</summary>
    /// <param name="directory">The folder.</param>
    /// <param name="compress">Whether the files are gzip.</param>
    public static IReadOnlyList<string> PathsIn(string directory, bool compress = false) =>
    [
        .. ((string[])["train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"])
            .Select(name => Path.Combine(directory, compress ? name + ".gz" : name)),
    ];

    private static DataSet Load(string directory, string part)
    {
        string imagePath = Find(directory, $"{part}-images-idx3-ubyte");
        string labelPath = Find(directory, $"{part}-labels-idx1-ubyte");
        string imageName = Path.GetFileName(imagePath), labelName = Path.GetFileName(labelPath);

        // What the headers declare is checked before data are read: a file that cannot be right is not unpacked.
        using IdxFile labelFile = IdxFile.Open(labelPath), imageFile = IdxFile.Open(imagePath);
        if (labelFile.Header.DType != DType.U8 || labelFile.Header.Sizes.Count != 1)
        {
            throw new DataFormatException($"{labelName}: expected labels U8 [N], got {labelFile.Header}. Are the files' names mixed up? Put each under its own.");
        }

        if (imageFile.Header.DType != DType.U8 || imageFile.Header.Sizes.Count != 3)
        {
            throw new DataFormatException($"{imageName}: expected images U8 [N, height, width], got {imageFile.Header}. Are the files' names mixed up? Put each under its own.");
        }

        if (imageFile.Header.DataLength == 0) throw new DataFormatException($"{imageName}: expected images U8 [N, height, width] with no size 0, got {imageFile.Header}. Fetch the file again.");

        if (imageFile.Header.Sizes[0] != labelFile.Header.Sizes[0])
        {
            throw new DataFormatException(string.Create(
                CultureInfo.InvariantCulture,
                $"{labelName}: expected {imageFile.Header.Sizes[0]} labels, as many as {imageName} has images, got {labelFile.Header.Sizes[0]}. Do the files belong together? Fetch them from one place."));
        }

        Tensor labels = labelFile.ReadTensor();
        int wrong = labels.AsSpan<byte>().IndexOfAnyExceptInRange((byte)0, (byte)(Classes - 1));
        if (wrong >= 0)
        {
            throw new DataFormatException(string.Create(
                CultureInfo.InvariantCulture,
                $"{labelName}: expected labels from 0 to {Classes - 1}, got {labels.AsSpan<byte>()[wrong]} at position {wrong}. The file is damaged, or the set has more than ten classes."));
        }

        return new DataSet(imageFile.ReadTensor(), labels, Classes);
    }

    private static string Find(string directory, string name)
    {
        string plain = Path.Combine(directory, name);
        if (DataFile.IsThere(plain)) return plain;
        string compressed = plain + ".gz";
        return DataFile.IsThere(compressed)
            ? compressed
            : throw new FileNotFoundException($"{name}: expected this file, or {name}.gz, in {directory}, got neither. Put MNIST's four files there.", plain);
    }
}
