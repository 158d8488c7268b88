using Microsoft.Win32.SafeHandles;
using Webserv.Abstractions.IO;
using Webserv.Gateway.Processes;
using Webserv.Gateway.Processes.Linux;

namespace Webserv.Plugins.Cgi.Python;

/// <summary>The three pipes of a script that is about to be forked. Disposing closes the script's ends, and the server's unless they were kept.</summary>
internal sealed class ScriptPipes : IAsyncDisposable
{
    private readonly List<SafeFileHandle> _scriptEnds = [];
    private readonly List<Stream> _streams = [];
    private bool _kept;

    private ScriptPipes()
    {
    }

    public Stream Input => _streams[0];

    public Stream Output => _streams[1];

    public Stream Error => _streams[2];

    /// <summary>The script's ends, in the order of their numbers.</summary>
    public int[] Descriptors => [.. _scriptEnds.Select(static end => (int)end.DangerousGetHandle())];

    /// <summary>Makes them.</summary>
    /// <param name="program">What is about to run, for messages.</param>
    /// <param name="owner">Whose the script's ends are; <see langword="null"/> is the server's user.</param>
    /// <param name="streams">Reads and writes the server's ends.</param>
    /// <exception cref="ProcessStartException">There are no descriptors left.</exception>
    public static async Task<ScriptPipes> OpenAsync(string program, ProcessIdentity? owner, IPipeStreams streams)
    {
        var pipes = new ScriptPipes();
        try
        {
            for (var number = 0; number < 3; number++)
            {
                // The streams own their ends, also when they cannot be opened.
                var pipe = new Pipe(program);
                var end = number == 0 ? pipe.Reader : pipe.Writer;
                pipes._scriptEnds.Add(end);
                pipes._streams.Add(number == 0 ? streams.OpenWrite(pipe.Writer) : streams.OpenRead(pipe.Reader));
                if (owner is not null)
                {
                    Pipe.Give(end, owner, program);
                }
            }

            return pipes;
        }
        catch (Exception exception)
        {
            await pipes.DisposeAsync().ConfigureAwait(false);
            if (exception is IOException)
            {
                throw new ProcessStartException(ProcessStartFailure.Busy, $"cannot start {program}: {exception.Message}", exception);
            }

            throw;
        }
    }

    /// <summary>Leaves the server's ends open.</summary>
    public void Keep() => _kept = true;

    public async ValueTask DisposeAsync()
    {
        foreach (var end in _scriptEnds)
        {
            end.Dispose();
        }

        if (!_kept)
        {
            foreach (var stream in _streams)
            {
                await stream.DisposeAsync().ConfigureAwait(false);
            }
        }
    }
}
