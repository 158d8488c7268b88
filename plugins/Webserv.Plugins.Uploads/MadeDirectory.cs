namespace Webserv.Plugins.Uploads;

/// <summary>
/// A directory that an upload goes into, with those above it that were made for it. Disposing it without <see cref="Keep"/> removes
/// them again, unless something else has come into them.
/// </summary>
/// <param name="root">Where it is.</param>
/// <param name="directory">It.</param>
/// <param name="names">Its names, outermost first.</param>
/// <param name="existing">How many of them were there before.</param>
internal sealed class MadeDirectory(UploadDirectory root, HeldDirectory directory, string[] names, int existing) : IDisposable
{
    private bool _isKept;

    public HeldDirectory Directory { get; } = directory;

    /// <summary>Says that the upload has arrived.</summary>
    public void Keep() => _isKept = true;

    public void Dispose()
    {
        Directory.Dispose();
        if (!_isKept)
        {
            root.RemoveEmpty(names, existing);
        }
    }
}
