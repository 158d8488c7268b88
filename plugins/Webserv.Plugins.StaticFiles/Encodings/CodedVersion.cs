using Webserv.Abstractions.Files;

namespace Webserv.Plugins.StaticFiles.Encodings;

/// <summary>One version of a file in the codings that it is sent in.</summary>
internal sealed class CodedVersion
{
    private readonly CodedFile[] _codings = new CodedFile[ContentCoding.Count];
    private readonly string _entityTag;
    private bool _isReferenced;

    /// <summary>Makes one without any content.</summary>
    /// <param name="file">The file as it was found.</param>
    /// <param name="compressors">What codes it.</param>
    public CodedVersion(IFileEntry file, IReadOnlyList<Compressor> compressors)
    {
        _entityTag = file.EntityTag;
        Path = file.PhysicalPath;
        Node = new LinkedListNode<CodedVersion>(this);
        foreach (var compressor in compressors)
        {
            _codings[compressor.Coding.Index] = new CodedFile(file, compressor, this);
        }
    }

    /// <summary>The path of the file, as a key.</summary>
    public string Path { get; }

    /// <summary>Its place among those that are remembered.</summary>
    public LinkedListNode<CodedVersion> Node { get; }

    /// <summary>The bytes of memory that are accounted for. Changes under the lock of the cache.</summary>
    public long Cost { get; set; }

    /// <summary>The file in one of the codings that it was made for.</summary>
    public CodedFile this[ContentCoding coding] => _codings[coding.Index];

    /// <summary>Whether a file is still this version.</summary>
    public bool IsOf(IFileEntry file) => _entityTag == file.EntityTag;

    /// <summary>Notes that it was of use since the hand of the clock passed.</summary>
    public void Touch()
    {
        // Written only where it changes, so that the cache line stays shared.
        if (!_isReferenced)
        {
            _isReferenced = true;
        }
    }

    /// <summary>Whether it was of use since the last call.</summary>
    public bool TakeReference()
    {
        var was = _isReferenced;
        _isReferenced = false;
        return was;
    }
}
