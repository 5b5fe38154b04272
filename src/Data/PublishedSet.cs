namespace Tapestry.Data;

/// <summary>A data set that is published as MNIST's four files: where, and how its files are told from any others. Nothing is fetched here.</summary>
public sealed class PublishedSet
{
    private PublishedSet(string name, string description, string[] mirrors, PublishedFile[] files)
    {
        Name = name;
        Description = description;
        Mirrors = [.. mirrors.Select(mirror => new Uri(mirror))];
        Files = files;
    }

    /// <summary>
    /// MNIST: 60,000 and 10,000 handwritten digits, 28 by 28 (LeCun, Cortes and Burges, 1998). The digests are of the uncompressed bytes, so that files compressed anew
    /// are right too.
    /// </summary>
    public static PublishedSet Mnist { get; } = new(
        "mnist",
        "60,000 and 10,000 handwritten digits, 28 by 28 (LeCun, Cortes, Burges)",
        ["https://ossci-datasets.s3.amazonaws.com/mnist/", "https://storage.googleapis.com/cvdf-datasets/mnist/"],
        [
            new("train-images-idx3-ubyte", 47_040_016, "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db"),
            new("train-labels-idx1-ubyte", 60_008, "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5"),
            new("t10k-images-idx3-ubyte", 7_840_016, "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7"),
            new("t10k-labels-idx1-ubyte", 10_008, "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2"),
        ]);

    /// <summary>
    /// Fashion-MNIST: 60,000 and 10,000 articles of clothing, 28 by 28 (Xiao, Rasul and Vollgraf, 2017). Its digests have been published of the compressed files only, and
    /// that is what is checked.
    /// </summary>
    public static PublishedSet FashionMnist { get; } = new(
        "fashion-mnist",
        "60,000 and 10,000 articles of clothing, 28 by 28 (Xiao, Rasul, Vollgraf)",
        [
            "https://fashion-mnist.s3.eu-central-1.amazonaws.com/",
            "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
            "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
        ],
        [
            new("train-images-idx3-ubyte", 47_040_016, "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84", IsDigestOfPacked: true),
            new("train-labels-idx1-ubyte", 60_008, "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845", IsDigestOfPacked: true),
            new("t10k-images-idx3-ubyte", 7_840_016, "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073", IsDigestOfPacked: true),
            new("t10k-labels-idx1-ubyte", 10_008, "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5", IsDigestOfPacked: true),
        ]);

    /// <summary>All of them.</summary>
    public static IReadOnlyList<PublishedSet> All { get; } = [Mnist, FashionMnist];

    /// <summary>The set's name.</summary>
    public string Name { get; }

    /// <summary>What it is, and whose.</summary>
    public string Description { get; }

    /// <summary>Folders that hold the files, in the order to try them in; each ends in a slash.</summary>
    public IReadOnlyList<Uri> Mirrors { get; }

    /// <summary>Images and labels to train on, then those to test with.</summary>
    public IReadOnlyList<PublishedFile> Files { get; }
}
