using System.Globalization;
using System.Net;
using System.Text;
using Microsoft.Extensions.Primitives;
using Webserv.Abstractions.Http;
using Webserv.Gateway.Scripts;

namespace Webserv.Gateway;

/// <summary>
/// The environment of a script (RFC 3875 section 4.1). It starts from nothing: only what is listed here is there. Values
/// are text; they become UTF-8.
/// </summary>
internal sealed class MetaVariables
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    // Not protocol variables of the request: the message's framing, the connection's own, what others could mistake
    // for configuration (HTTP_PROXY, "httpoxy"), and what has a variable of its own.
    private static readonly HashSet<string> Withheld = new(StringComparer.OrdinalIgnoreCase)
    {
        Fields.Connection, Fields.KeepAlive, Fields.TE, Fields.Trailer, Fields.TransferEncoding, Fields.Upgrade, Fields.Expect,
        "Proxy-Connection", "HTTP2-Settings", Fields.Proxy, Fields.ContentLength, Fields.ContentType,
    };

    /// <summary>Where in a request's items those that came before have left variables for scripts: text by text.</summary>
    public const string AddedVariables = "Webserv.Gateway.Variables";

    private readonly bool _passAuthorization;
    private readonly KeyValuePair<string, string>[] _inherited;
    private readonly KeyValuePair<string, string>[] _configured;

    /// <param name="inherited">What every script gets, unless the request has a variable of that name.</param>
    /// <param name="configured">What every script gets in any case.</param>
    /// <param name="passAuthorization">Whether scripts see the client's credentials.</param>
    public MetaVariables(
        IEnumerable<KeyValuePair<string, string>> inherited, IEnumerable<KeyValuePair<string, string>> configured, bool passAuthorization)
    {
        _inherited = [.. inherited];
        _configured = [.. configured];
        _passAuthorization = passAuthorization;
    }

    /// <summary>Makes the environment for a request.</summary>
    /// <param name="context">The request.</param>
    /// <param name="script">The script.</param>
    /// <param name="contentLength">The length of the body, or <see langword="null"/> where there is none or it is not known.</param>
    /// <returns>A dictionary of its own, to which more may be added.</returns>
    public Dictionary<string, string> Build(IHttpContext context, Script script, long? contentLength)
    {
        var request = context.Request;
        var connection = context.Connection;
        var variables = new Dictionary<string, string>(48, StringComparer.Ordinal);
        foreach (var (name, value) in _inherited)
        {
            variables[name] = value;
        }

        AddFields(request.Headers, variables);
        var identity = context.GetFeature<IUserFeature>()?.User;
        var client = Address(connection.RemoteAddress) ?? "unix:";

        // RFC 3875 section 4.1, in its order. A variable without a value is left out.
        Set("AUTH_TYPE", identity?.AuthenticationType);
        Set("CONTENT_LENGTH", contentLength?.ToString(CultureInfo.InvariantCulture));
        Set("CONTENT_TYPE", Join(request.Headers[Fields.ContentType], ", "));
        Set("GATEWAY_INTERFACE", "CGI/1.1");
        Set("PATH_INFO", script.PathInfo.Length == 0 ? null : script.PathInfo);
        Set("PATH_TRANSLATED", script.PathTranslated);
        variables["QUERY_STRING"] = request.Query;
        Set("REMOTE_ADDR", client);
        Set("REMOTE_HOST", client);
        Set("REMOTE_USER", identity is { IsAuthenticated: true } ? identity.Name : null);
        Set("REQUEST_METHOD", request.Method);
        Set("SCRIPT_NAME", script.Name);
        Set("SERVER_NAME", ServerName(context));
        Set("SERVER_PORT", ServerPort(context).ToString(CultureInfo.InvariantCulture));
        Set("SERVER_PROTOCOL", $"HTTP/{request.HttpVersion.ToString(2)}");
        Set("SERVER_SOFTWARE", "Webserv");

        // What programs expect beyond it.
        Set("CONTEXT_DOCUMENT_ROOT", script.ContextRoot);
        variables["CONTEXT_PREFIX"] = script.ContextPrefix;
        Set("DOCUMENT_ROOT", context.VirtualServer.Root ?? script.ContextRoot);
        Set("HTTPS", request.Scheme == "https" ? "on" : null);
        Set("REDIRECT_STATUS", "200");
        Set("REMOTE_PORT", connection.RemotePort == 0 ? null : connection.RemotePort.ToString(CultureInfo.InvariantCulture));
        Set("REQUEST_SCHEME", request.Scheme);
        var redirection = Redirection.Of(context);
        Set("REDIRECT_QUERY_STRING", string.IsNullOrEmpty(redirection?.Query) ? null : redirection.Query);
        Set("REDIRECT_URL", redirection?.Path);
        Set("REQUEST_URI", OriginForm(redirection?.RequestUri ?? request.RawTarget));
        Set("SCRIPT_FILENAME", script.FileName);
        Set("SERVER_ADDR", Address(connection.LocalAddress));

        if (context.Items.TryGetValue(AddedVariables, out var added) && added is IReadOnlyDictionary<string, string> more)
        {
            foreach (var (name, value) in more)
            {
                variables[name] = value;
            }
        }

        foreach (var (name, value) in _configured)
        {
            variables[name] = value;
        }

        if (variables.FirstOrDefault(static variable => variable.Value.Contains('\0', StringComparison.Ordinal)) is { Key: { } broken })
        {
            // The script would see the value cut off, for example another user's name.
            throw new HttpException(StatusCodes.BadRequest, $"{broken} holds a NUL, which no environment variable can");
        }

        return variables;

        void Set(string name, string? value)
        {
            if (value is not null)
            {
                variables[name] = value;
            }
        }
    }

    // RFC 3875 section 4.1.18. A name with an underscore could pass for another one with a hyphen and is dropped.
    private void AddFields(IHeaderCollection fields, Dictionary<string, string> variables)
    {
        var ofConnection = fields[Fields.Connection];
        foreach (var (name, values) in fields)
        {
            if (Withheld.Contains(name) || IsNamedIn(ofConnection, name) || !name.All(static c => char.IsAsciiLetterOrDigit(c) || c == '-'))
            {
                continue;
            }

            if (!_passAuthorization
                && (name.Equals(Fields.Authorization, StringComparison.OrdinalIgnoreCase)
                    || name.Equals("Proxy-Authorization", StringComparison.OrdinalIgnoreCase)))
            {
                continue;
            }

            var separator = name.Equals(Fields.Cookie, StringComparison.OrdinalIgnoreCase) ? "; " : ", ";
            variables["HTTP_" + name.ToUpperInvariant().Replace('-', '_')] = Join(values, separator) ?? "";
        }
    }

    private static bool IsNamedIn(StringValues connection, string name)
    {
        foreach (var line in connection)
        {
            foreach (var range in line.AsSpan().Split(','))
            {
                if (line.AsSpan()[range].Trim().Equals(name, StringComparison.OrdinalIgnoreCase))
                {
                    // Host cannot be withdrawn by the client: scripts rely on it.
                    return !name.Equals(Fields.Host, StringComparison.OrdinalIgnoreCase);
                }
            }
        }

        return false;
    }

    private static string? Join(StringValues values, string separator) =>
        values.Count == 0 ? null : Bytes(values.Count == 1 ? values[0] ?? "" : string.Join(separator, values.ToArray()));

    // A field's bytes above 0x7F arrive as the characters U+0080 to U+00FF: where they are UTF-8, the script gets them as sent.
    private static string Bytes(string value)
    {
        var rest = value.AsSpan();
        if (!rest.ContainsAnyExceptInRange('\0', '\x7F') || rest.ContainsAnyExceptInRange('\0', '\xFF'))
        {
            return value;
        }

        try
        {
            return StrictUtf8.GetString(Encoding.Latin1.GetBytes(value));
        }
        catch (DecoderFallbackException)
        {
            return value; // Latin-1 after all.
        }
    }

    private static string? Address(IPAddress? address) =>
        address is null ? null : (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString();

    private static string ServerName(IHttpContext context)
    {
        var host = context.Request.Host;
        var name = host.LastIndexOf(':') is var colon and >= 0 && colon > host.LastIndexOf(']') ? host[..colon] : host;
        if (name.Length > 0)
        {
            return name;
        }

        // RFC 3875 section 4.1.14: an address in a URI's form.
        return context.VirtualServer.HostNames.FirstOrDefault(static candidate => !candidate.Contains('*', StringComparison.Ordinal))
            ?? (Address(context.Connection.LocalAddress) is not { } local ? "localhost" : local.Contains(':', StringComparison.Ordinal) ? $"[{local}]" : local);
    }

    private static int ServerPort(IHttpContext context)
    {
        // The port of the connection is what a forwarding proxy connected to, and means nothing to the client.
        if (!context.Connection.IsForwarded && context.Connection.LocalPort != 0)
        {
            return context.Connection.LocalPort;
        }

        var host = context.Request.Host;
        var colon = host.LastIndexOf(':');
        if (colon > host.LastIndexOf(']') && ushort.TryParse(host.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port))
        {
            return port;
        }

        return context.Request.Scheme == "https" ? 443 : 80;
    }

    private static string OriginForm(string target)
    {
        var authority = target.StartsWith('/') ? -1 : target.IndexOf("://", StringComparison.Ordinal);
        if (authority < 0)
        {
            return target;
        }

        var path = target.AsSpan(authority + 3).IndexOfAny('/', '?');
        return path < 0 ? "/" : target[authority + 3 + path] == '?' ? "/" + target[(authority + 3 + path)..] : target[(authority + 3 + path)..];
    }
}
