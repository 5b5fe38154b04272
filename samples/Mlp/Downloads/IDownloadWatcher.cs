namespace Tapestry.Samples.Mlp.Downloads;

/// <summary>Is told how a download goes.</summary>
internal interface IDownloadWatcher
{
    /// <summary>Bytes of a file are there.</summary>
    /// <param name="file">The file's name.</param>
    /// <param name="count">How many, from the file's beginning.</param>
    /// <param name="total">How many there will be, where the server says.</param>
    void OnBytes(string file, long count, long? total);

    /// <summary>Something that did not go as it should, in a sentence.</summary>
    void OnTrouble(string sentence);

    /// <summary>A file is whole, and checked.</summary>
    /// <param name="file">What there is.</param>
    void OnFile(FetchedFile file);
}
