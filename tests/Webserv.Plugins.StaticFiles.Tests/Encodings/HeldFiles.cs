using Webserv.Abstractions.Files;
using Webserv.Abstractions.Pipeline;
using Webserv.Testing.Files;

namespace Webserv.Plugins.StaticFiles.Tests.Encodings;

/// <summary>The files of the test kit, whose content a test can hold back.</summary>
internal sealed class HeldFiles : IOpenFileCache, IDisposable
{
    private readonly TestFileCache _files = new();
    private readonly ManualResetEventSlim _isOpen = new(initialState: true);
    private int _opened;
    private int _closed;

    /// <summary>How often a file was opened to be read.</summary>
    public int Opened => Volatile.Read(ref _opened);

    /// <summary>How many of those were closed again.</summary>
    public int Closed => Volatile.Read(ref _closed);

    /// <summary>How many bytes of a file can be read before it is held.</summary>
    public long Free { get; set; }

    public void Dispose() => _isOpen.Dispose();

    public void Hold() => _isOpen.Reset();

    public void Release() => _isOpen.Set();

    public IDocumentRoot OpenRoot(IPipelineEntry entry, DocumentRootOptions options) => new Held(this, _files.OpenRoot(entry, options));

    public void Invalidate(string absolutePath) => _files.Invalidate(absolutePath);

    private sealed class Held(HeldFiles owner, IDocumentRoot root) : IDocumentRoot
    {
        public string Directory => root.Directory;

        public IFileEntry Find(string requestPath) => root.Find(requestPath);

        public IFileEntry FindIn(IFileEntry directory, string name) => root.FindIn(directory, name);

        public IFileEntry FindSibling(IFileEntry file, string suffix) => root.FindSibling(file, suffix);

        public IFileEntry FindAgain(IFileEntry entry) => root.FindAgain(entry);

        public IEnumerable<DirectoryItem> Enumerate(IFileEntry directory) => root.Enumerate(directory);

        public Stream OpenRead(IFileEntry file)
        {
            Interlocked.Increment(ref owner._opened);
            return new HeldStream(owner, root.OpenRead(file));
        }
    }

    private sealed class HeldStream(HeldFiles owner, Stream stream) : Stream
    {
        private long _position;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => stream.Length;

        public override long Position
        {
            get => _position;
            set => throw new NotSupportedException();
        }

        public override int Read(byte[] buffer, int offset, int count)
        {
            if (!owner._isOpen.IsSet && _position >= owner.Free)
            {
                owner._isOpen.Wait();
            }

            var read = stream.Read(buffer, offset, owner._isOpen.IsSet ? count : (int)Math.Min(count, owner.Free - _position));
            _position += read;
            return read;
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            Interlocked.Increment(ref owner._closed);
            stream.Dispose();
            base.Dispose(disposing);
        }
    }
}
