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
                $"t10k-images-idx3-ubyte: expected images of {train.FeatureShape}, as in training, got {test.FeatureShape}. Do the files belong together?");
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
        (string Name, Tensor Content)[] files =
        [
            ("train-images-idx3-ubyte", train.Features), ("train-labels-idx1-ubyte", train.Targets),
            ("t10k-images-idx3-ubyte", test.Features), ("t10k-labels-idx1-ubyte", test.Targets),
        ];
        string[] paths = [.. files.Select(file => Path.Combine(directory, compress ? file.Name + ".gz" : file.Name))];
        if (paths.FirstOrDefault(Path.Exists) is { } taken) throw new IOException($"{taken}: expected a folder without such files, got one that holds this. Remove it, or choose another folder.");
        Directory.CreateDirectory(directory);
        for (int i = 0; i < files.Length; i++) Idx.Write(paths[i], files[i].Content, compress);
        return paths;
    }

    private static DataSet Load(string directory, string part)
    {
        string imagePath = Find(directory, $"{part}-images-idx3-ubyte");
        string labelPath = Find(directory, $"{part}-labels-idx1-ubyte");
        string imageName = Path.GetFileName(imagePath), labelName = Path.GetFileName(labelPath);

        // The small file first: what is wrong with it is told without reading the large one.
        Tensor labels = Idx.Read(labelPath);
        if (labels.DType != DType.U8 || labels.Rank != 1)
        {
            throw new DataFormatException($"{labelName}: expected labels U8 [N], got {labels.DType} {labels.Shape}. Are the files' names mixed up?");
        }

        int wrong = labels.AsSpan<byte>().IndexOfAnyExceptInRange((byte)0, (byte)(Classes - 1));
        if (wrong >= 0)
        {
            throw new DataFormatException(string.Create(
                CultureInfo.InvariantCulture,
                $"{labelName}: expected labels from 0 to {Classes - 1}, got {labels.AsSpan<byte>()[wrong]} at position {wrong}. Is it a set of ten classes?"));
        }

        Tensor images = Idx.Read(imagePath);
        if (images.DType != DType.U8 || images.Rank != 3 || images.Length == 0)
        {
            throw new DataFormatException(
                $"{imageName}: expected images U8 [N, height, width], got {images.DType} {images.Shape}. Are the files' names mixed up?");
        }

        return images.Shape[0] == labels.Length
            ? new DataSet(images, labels, Classes)
            : throw new DataFormatException(string.Create(
                CultureInfo.InvariantCulture,
                $"{labelName}: expected {images.Shape[0]} labels, as many as {imageName} has images, got {labels.Length}. Do the files belong together?"));
    }

    private static string Find(string directory, string name)
    {
        string plain = Path.Combine(directory, name);
        if (Path.Exists(plain)) return plain;
        string compressed = plain + ".gz";
        return Path.Exists(compressed)
            ? compressed
            : throw new FileNotFoundException($"{name}: expected this file, or {name}.gz, in {directory}, got neither. Put MNIST's four files there.", plain);
    }
}
