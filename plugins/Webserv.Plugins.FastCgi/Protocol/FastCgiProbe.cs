using Webserv.Plugins.FastCgi.Backends;

namespace Webserv.Plugins.FastCgi.Protocol;

/// <summary>Asks a program what it can do (FastCGI 1.0 section 4.1), on a connection of its own: some programs close it afterwards.</summary>
internal static class FastCgiProbe
{
    /// <summary>How many connections the program takes.</summary>
    public const string MaxConnections = "FCGI_MAX_CONNS";

    /// <summary>How many requests it takes.</summary>
    public const string MaxRequests = "FCGI_MAX_REQS";

    /// <summary>Whether it takes several requests on one connection.</summary>
    public const string Multiplexes = "FCGI_MPXS_CONNS";

    /// <summary>Asks.</summary>
    /// <returns>What it says; <see langword="null"/> where it closes the connection without saying anything.</returns>
    /// <exception cref="IOException">It cannot be connected to.</exception>
    public static async Task<IReadOnlyList<KeyValuePair<string, string>>?> AskAsync(
        Connector connector, BackendAddress address, CancellationToken cancellation)
    {
        var (input, output) = await connector.ConnectAsync(address, cancellation).ConfigureAwait(false);
        await using (input.ConfigureAwait(false))
        await using (output.ConfigureAwait(false))
        {
            try
            {
                await output.WriteAsync(Records.GetValues(MaxConnections, MaxRequests, Multiplexes), cancellation).ConfigureAwait(false);
                return await ReadAsync(input, cancellation).ConfigureAwait(false);
            }
            catch (IOException)
            {
                return null; // As good as closing it.
            }
            catch (FastCgiProtocolException)
            {
                return null; // What it is will be seen, and logged, with the first request.
            }
        }
    }

    private static async Task<IReadOnlyList<KeyValuePair<string, string>>?> ReadAsync(Stream input, CancellationToken cancellation)
    {
        var parser = new RecordParser();
        var record = new ManagementRecord();
        var buffer = new byte[1024];
        int count;
        while ((count = await input.ReadAsync(buffer, cancellation).ConfigureAwait(false)) > 0)
        {
            if (Take(parser, record, buffer.AsSpan(0, count)) is { } values)
            {
                return values;
            }
        }

        return null;
    }

    private static IReadOnlyList<KeyValuePair<string, string>>? Take(RecordParser parser, ManagementRecord management, ReadOnlySpan<byte> data)
    {
        while (parser.TryRead(ref data, out var header, out var content, out var isLast))
        {
            if (header.RequestId != 0)
            {
                throw new FastCgiProtocolException($"a record for request {header.RequestId}, which is none");
            }

            if (management.Take(header, content, isLast) is { } values)
            {
                return values;
            }

            if (header.Type == RecordType.UnknownType && isLast)
            {
                return []; // It does not know the question.
            }
        }

        return null;
    }
}
