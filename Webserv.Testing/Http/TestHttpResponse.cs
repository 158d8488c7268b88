using System.Text;
using Webserv.Abstractions.Files;
using Webserv.Abstractions.Http;
using Webserv.Host.Http1;

namespace Webserv.Testing.Http;

/// <summary>The response of a <see cref="TestHttpContext"/>: keeps what was answered and the rules of the contract.</summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Design", "CA1001", Justification = "The body is memory alone; whoever gave a stream disposes it.")]
public sealed class TestHttpResponse : IHttpResponse
{
    private readonly TestRequestGate _gate;
    private readonly GuardedFields _guardedFields;
    private readonly GuardedStream _guardedBody;
    private readonly bool _isHead;
    private readonly TestHeaderCollection _headers;
    private readonly TestResponseBody _body;
    private readonly List<TestSentFile> _sentFiles = [];
    private readonly Stack<Func<Task>> _onStarting = new();
    private readonly Stack<Func<Task>> _ran = new();
    private int _statusCode = StatusCodes.Ok;
    private long? _contentLength;

    internal TestHttpResponse(string method, TestRequestGate gate)
    {
        _gate = gate;
        _isHead = method == HttpMethods.Head;
        _headers = new TestHeaderCollection(this);
        _body = new TestResponseBody(this);
        _guardedFields = new GuardedFields(_headers, gate);
        _guardedBody = new GuardedStream(_body, gate);
    }

    /// <inheritdoc cref="IHttpResponse.StatusCode"/>
    public int StatusCode
    {
        get => _statusCode;
        set
        {
            ThrowIfStarted();
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 200);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, 599);
            _statusCode = value;
        }
    }

    /// <inheritdoc cref="IHttpResponse.Headers"/>
    public IHeaderCollection Headers => _headers;

    /// <inheritdoc cref="IHttpResponse.ContentLength"/>
    public long? ContentLength
    {
        get => _contentLength;
        set
        {
            ThrowIfStarted();
            if (value < 0)
            {
                throw new ArgumentOutOfRangeException(nameof(value), value, "A length is 0 or more.");
            }

            _contentLength = value;
        }
    }

    /// <inheritdoc cref="IHttpResponse.Body"/>
    public Stream Body => _body;

    /// <inheritdoc cref="IHttpResponse.HasStarted"/>
    public bool HasStarted { get; private set; }

    /// <summary>Whether the middleware asked for the connection to end after the response, by <c>Connection: close</c>.</summary>
    public bool ClosesConnection { get; internal set; }

    /// <summary>Whether the server is done with the response; see <see cref="CompleteAsync"/>.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>
    /// Whether the connection was cut before the response was whole: the client went away, or the middleware failed when the response had
    /// started. <see cref="BodyBytes"/> is what had been sent.
    /// </summary>
    public bool IsCut { get; private set; }

    /// <summary>What a client got, or gets when the response ends here: nothing for HEAD, 204, 205 and 304.</summary>
    public byte[] BodyBytes => IsDiscarded ? [] : _body.ToArray();

    /// <summary><see cref="BodyBytes"/> read as UTF-8.</summary>
    public string BodyText => Encoding.UTF8.GetString(BodyBytes);

    /// <summary>The bytes that the middleware wrote, those of HEAD, 204, 205 and 304 included.</summary>
    public long BytesWritten => _body.Written;

    /// <summary>The files that were sent, in order; their bytes are in <see cref="BodyBytes"/> too.</summary>
    public IReadOnlyList<TestSentFile> SentFiles => _sentFiles;

    int IHttpResponse.StatusCode
    {
        get => Inside.StatusCode;
        set => Inside.StatusCode = value;
    }

    IHeaderCollection IHttpResponse.Headers => _guardedFields;

    long? IHttpResponse.ContentLength
    {
        get => Inside.ContentLength;
        set => Inside.ContentLength = value;
    }

    Stream IHttpResponse.Body => _guardedBody;

    bool IHttpResponse.HasStarted => Inside.HasStarted;

    /// <summary>The status of the error whose page answers.</summary>
    internal int StatusOverride { get; set; }

    /// <summary>What the client does to the connection.</summary>
    internal TestClientFault? Fault { get; set; }

    /// <summary>How many callbacks there are, with those that have run.</summary>
    internal int Callbacks => _onStarting.Count + _ran.Count;

    /// <summary>Whether it is an error that nobody wrote a body for.</summary>
    internal bool NeedsPage => StatusCode >= 400 && !HasStarted && BytesWritten == 0 && ContentLength is null;

    /// <summary>Itself, for middleware, as long as the request is not over.</summary>
    private TestHttpResponse Inside
    {
        get
        {
            _gate.Enter();
            return this;
        }
    }

    private bool HasNoContent => _statusCode is StatusCodes.NoContent or StatusCodes.ResetContent or StatusCodes.NotModified;

    /// <summary>Whether nobody gets what is written: it is counted and thrown away, and need not fit its length.</summary>
    private bool IsDiscarded => _isHead || HasNoContent;

    /// <summary>The response as text: status, fields and body, a line each; for messages and comparisons.</summary>
    public override string ToString()
    {
        var text = new StringBuilder().Append(StatusCode).Append(' ').Append(StatusCodes.GetReasonPhrase(StatusCode)).Append('\n');
        foreach (var (name, values) in _headers)
        {
            foreach (var value in values)
            {
                text.Append(name).Append(": ").Append(value).Append('\n');
            }
        }

        return text.Append('\n').Append(BodyText).Append(IsCut ? "(cut)" : "").ToString();
    }

    /// <inheritdoc cref="IHttpResponse.OnStarting"/>
    public void OnStarting(Func<Task> callback)
    {
        ArgumentNullException.ThrowIfNull(callback);
        ThrowIfStarted();
        _onStarting.Push(callback);
    }

    /// <inheritdoc cref="IHttpResponse.SendFileAsync(string, long, long?, CancellationToken)"/>
    public async Task SendFileAsync(string path, long offset, long? count, CancellationToken cancellation)
    {
        if (!Path.IsPathFullyQualified(path))
        {
            throw new ArgumentException($"'{path}' is not absolute.", nameof(path));
        }

        var file = new FileInfo(path);
        if (!file.Exists)
        {
            throw new FileNotFoundException("There is no such regular file.", path);
        }

        await SendAsync(path, file.Length, offset, count ?? file.Length - offset, cancellation).ConfigureAwait(false);
    }

    /// <inheritdoc cref="IHttpResponse.SendFileAsync(IFileEntry, long, long, CancellationToken)"/>
    public Task SendFileAsync(IFileEntry file, long offset, long count, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(file);
        return file.Kind == FileKind.File
            ? SendAsync(file.PhysicalPath, file.Length, offset, count, cancellation)
            : throw new ArgumentException($"'{file.PhysicalPath}' is {file.Kind}, not a file.", nameof(file));
    }

    void IHttpResponse.OnStarting(Func<Task> callback) => Inside.OnStarting(callback);

    Task IHttpResponse.SendFileAsync(string path, long offset, long? count, CancellationToken cancellation) =>
        Inside.SendFileAsync(path, offset, count, cancellation);

    Task IHttpResponse.SendFileAsync(IFileEntry file, long offset, long count, CancellationToken cancellation) =>
        Inside.SendFileAsync(file, offset, count, cancellation);

    /// <summary>
    /// Ends the response as the server does when the pipeline ends: starts it where it has not started, gives it its length
    /// and compares what was written with it. Does nothing the second time.
    /// </summary>
    /// <exception cref="InvalidOperationException">
    /// Less was written than <see cref="ContentLength"/>: a server answers with 500, or ends the connection where the response has started.
    /// </exception>
    public async Task CompleteAsync()
    {
        if (IsComplete)
        {
            return;
        }

        if (!HasStarted)
        {
            await RunStartingAsync().ConfigureAwait(false);
        }

        // Before the start, so that a status can still take its place.
        if (_contentLength is { } length && _body.Written < length && !IsDiscarded)
        {
            throw new InvalidOperationException($"{_body.Written} bytes were written where ContentLength is {length}.");
        }

        await StartAsync().ConfigureAwait(false);
        IsComplete = true;
        if (_contentLength is null && !HasNoContent)
        {
            _contentLength = _body.Written;
        }
    }

    internal async Task StartAsync()
    {
        if (HasStarted)
        {
            return;
        }

        await RunStartingAsync().ConfigureAwait(false);
        if (HasStarted)
        {
            return; // One of the callbacks flushed.
        }

        if (StatusOverride != 0 && _statusCode == StatusCodes.Ok)
        {
            _statusCode = StatusOverride;
            foreach (var name in ErrorPageFields.Dropped)
            {
                _headers.SetUnchecked(name, default);
            }
        }

        // RFC 9110: 204 has no length, 205 has the length 0 (sections 15.3.5 and 15.3.6).
        _contentLength = _statusCode switch
        {
            StatusCodes.NoContent => null,
            StatusCodes.ResetContent => 0,
            _ => _contentLength,
        };
        HasStarted = true;
        _headers.IsReadOnly = true;
    }

    /// <summary>Runs the callbacks that wait for the start.</summary>
    internal async Task RunStartingAsync()
    {
        while (_onStarting.TryPop(out var callback))
        {
            await callback().ConfigureAwait(false);
            _ran.Push(callback);
        }
    }

    /// <summary>Forgets the callbacks: those who registered them have no say in the answer any more.</summary>
    internal void ForgetCallbacks()
    {
        _onStarting.Clear();
        _ran.Clear();
    }

    /// <summary>Forgets what was written to the body of a response that has not started, and its length.</summary>
    internal void ClearBody()
    {
        ThrowIfStarted();
        _body.Clear();
        _contentLength = null;
    }

    internal async Task UpgradeAsync(string protocol)
    {
        ThrowIfStarted();
        if (_body.Written > 0)
        {
            throw new InvalidOperationException("Something was written to the body of the response.");
        }

        await StartAsync().ConfigureAwait(false);
        _headers.SetUnchecked(Fields.Upgrade, protocol);
        _headers.SetUnchecked(Fields.Connection, "upgrade");
        _statusCode = StatusCodes.SwitchingProtocols;
        IsComplete = true;
    }

    internal void ThrowIfTooMuch(long written)
    {
        if (IsComplete)
        {
            throw new InvalidOperationException("The response is complete.");
        }

        if (written > _contentLength && !IsDiscarded)
        {
            throw new InvalidOperationException($"{written} bytes were written where ContentLength is {_contentLength}.");
        }
    }

    /// <summary>
    /// Forgets all of a response that has not started but its callbacks: those that have run are to run again, not one that threw.
    /// </summary>
    internal void Clear()
    {
        ThrowIfStarted();
        _headers.Clear();
        ClearBody();
        while (_ran.TryPop(out var callback))
        {
            _onStarting.Push(callback);
        }

        _statusCode = StatusCodes.Ok;
    }

    internal void Reset(HttpException exception)
    {
        Clear();
        _statusCode = exception.StatusCode;
        foreach (var (name, value) in exception.Headers)
        {
            _headers[name] = value;
        }
    }

    /// <summary>Ends the connection instead of the response.</summary>
    internal void Cut() => (IsCut, IsComplete) = (true, true);

    private async Task SendAsync(string path, long length, long offset, long count, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, length - offset);
        if (!HasStarted)
        {
            _contentLength ??= count;
        }

        _sentFiles.Add(new TestSentFile(path, offset, count));
        using var handle = File.OpenHandle(path, options: FileOptions.Asynchronous);
        var bytes = new byte[count];
        var read = 0;
        while (read < bytes.Length)
        {
            var got = await RandomAccess.ReadAsync(handle, bytes.AsMemory(read), offset + read, cancellation).ConfigureAwait(false);
            if (got == 0)
            {
                throw new EndOfStreamException($"'{path}' became shorter while it was sent.");
            }

            read += got;
        }

        await _body.WriteAsync(bytes, cancellation).ConfigureAwait(false);
        await StartAsync().ConfigureAwait(false);
    }

    private void ThrowIfStarted()
    {
        if (HasStarted)
        {
            throw new InvalidOperationException("The response has started.");
        }
    }
}
