using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Webserv.Abstractions.Files;
using Webserv.Abstractions.Http;

namespace Webserv.Plugins.StaticFiles.Encodings;

/// <summary>
/// Compresses files of an entry when they are asked for, each version once for all who wait for it, on the thread pool and
/// never more at once than the options allow; and keeps what came out.
/// </summary>
internal sealed class FileCompression : IAsyncDisposable
{
    // What clients take slowly may be as much as what is kept, and that much even where nothing is.
    private const long LeastForClients = 32 << 20;

    private readonly IDocumentRoot _root;
    private readonly ILogger _logger;
    private readonly CompressionOptions _options;
    private readonly int _mostAtOnce;
    private readonly CodedFileCache _cache;
    private readonly CompressionMemory _held;
    private readonly OncePerMinute _report;
    private readonly SemaphoreSlim _turns;
    private readonly CancellationTokenSource _stopping = new();

    /// <summary>Starts with an empty cache.</summary>
    public FileCompression(CompressionOptions options, IDocumentRoot root, TimeProvider time, ILogger logger)
    {
        _root = root;
        _logger = logger;
        _options = options;
        _mostAtOnce = options.MaxConcurrent > 0 ? options.MaxConcurrent : Math.Max(1, Environment.ProcessorCount / 2);
        _turns = new SemaphoreSlim(_mostAtOnce, _mostAtOnce);
        _held = new CompressionMemory(options.CacheSize.Bytes + Math.Max(options.CacheSize.Bytes, LeastForClients));
        _report = new OncePerMinute(time);
        Codings = options.GetCodings();
        _cache = new CodedFileCache(options.CacheSize.Bytes, [.. Codings.Select(coding => new Compressor(coding, options.Effort))], time);
    }

    /// <summary>The codings, in order of preference.</summary>
    public ContentCoding[] Codings { get; }

    /// <summary>The bytes of memory that the cache accounts for.</summary>
    public long Memory => _cache.Memory;

    /// <summary>The bytes of memory that compressed files take, those that slow clients still take among them.</summary>
    public long Held => _held.Held;

    /// <summary>Whether a file is compressed at all.</summary>
    public bool Covers(IFileEntry file, ContentType contentType) =>
        file.Length >= _options.MinSize.Bytes && file.Length <= _options.MaxSize.Bytes && contentType.IsCompressible;

    /// <summary>Finds a file in its codings, whether they were made already or not.</summary>
    public CodedVersion Find(IFileEntry file) => _cache.Find(file);

    /// <summary>Whether a coding is worth it, and can be had without waiting for a turn.</summary>
    public bool MayHave(CodedFile coded) =>
        coded.Content is not null || (!coded.IsFutile && (coded.Job is not null || (_turns.CurrentCount > 0 && HasRoom(coded))));

    /// <summary>Takes part in the compression of a file, and begins it where nobody has.</summary>
    /// <param name="file">The file.</param>
    /// <param name="coded">It in a coding.</param>
    /// <param name="isRequired">Whether to wait for a turn.</param>
    /// <param name="cancellation">Ends that wait.</param>
    /// <returns>To be disposed; <see langword="null"/> where too much is being compressed already, or held by slow clients.</returns>
    public async ValueTask<CompressionReader?> OpenAsync(IFileEntry file, CodedFile coded, bool isRequired, CancellationToken cancellation)
    {
        if (TryJoin(coded, out var reader))
        {
            return reader;
        }

        if (!HasRoom(coded) || !await _turns.WaitAsync(isRequired ? Timeout.InfiniteTimeSpan : TimeSpan.Zero, cancellation).ConfigureAwait(false))
        {
            return null;
        }

        var job = new CompressionJob(_held, _stopping.Token);
        lock (coded.Gate)
        {
            // Another may have begun it meanwhile, or even ended.
            if (TryJoin(coded, out reader) || !job.TryEnter())
            {
                _turns.Release();
                job.Dispose();
                return reader;
            }

            coded.Job = job;
        }

        _ = Task.Run(() => Run(job, file, coded), CancellationToken.None);
        return new CompressionReader(job);
    }

    /// <summary>Ends what is being compressed and waits for it.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        for (var turn = 0; turn < _mostAtOnce; turn++)
        {
            await _turns.WaitAsync().ConfigureAwait(false);
        }

        _turns.Dispose();
        _stopping.Dispose();
    }

    private static bool TryJoin(CodedFile coded, out CompressionReader? reader)
    {
        lock (coded.Gate)
        {
            reader = coded.Content is { } content ? new CompressionReader(content)
                : coded.Job is { } job && job.TryEnter() ? new CompressionReader(job)
                : null;
            return reader is not null;
        }
    }

    private bool HasRoom(CodedFile coded)
    {
        if (_held.HasRoom)
        {
            return true;
        }

        if (_report.IsDue())
        {
            Log.CompressionMemoryFull(_logger, _held.Held, coded.PhysicalPath);
        }

        return false;
    }

    // Whoever reads it learns of a failure from the lack of a result; here it is only logged.
    private void Run(CompressionJob job, IFileEntry file, CodedFile coded)
    {
        var start = Stopwatch.GetTimestamp();
        try
        {
            var length = Compress(job, file, coded);
            Log.Compressed(
                _logger, file.PhysicalPath, coded.Compressor.Coding.Name, file.Length, length, (long)Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }
        catch (OperationCanceledException)
        {
            Log.CompressionGivenUp(_logger, file.PhysicalPath, coded.Compressor.Coding.Name);
        }
        catch (Exception e) when (e is IOException or HttpException)
        {
            Log.FileNotCompressed(_logger, file.PhysicalPath, coded.Compressor.Coding.Name, e.Message);
        }
        catch (Exception e)
        {
            Log.CompressionFailed(_logger, file.PhysicalPath, coded.Compressor.Coding.Name, e);
        }
    }

    private long Compress(CompressionJob job, IFileEntry file, CodedFile coded)
    {
        try
        {
            job.Run(_root, file, coded.Compressor);
            var content = job.Content!;

            // While it is on its way into the cache it can still be had from the job.
            _cache.Keep(coded, content, content.Length >= file.Length);
            return content.Length;
        }
        finally
        {
            lock (coded.Gate)
            {
                if (ReferenceEquals(coded.Job, job))
                {
                    coded.Job = null;
                }
            }

            job.Dispose();
            _turns.Release();
        }
    }
}
