using Webserv.Abstractions.Http;
using Webserv.Gateway;
using Webserv.Gateway.Scripts;

namespace Webserv.Plugins.FastCgi;

/// <summary>The meta-variables of a request as the program is to see them: with paths that mean something where it runs.</summary>
internal sealed class RequestVariables
{
    private static readonly string[] Paths = ["SCRIPT_FILENAME", "DOCUMENT_ROOT", "CONTEXT_DOCUMENT_ROOT", "PATH_TRANSLATED"];

    private readonly MetaVariables _variables;
    private readonly HashSet<string> _configured;
    private readonly string? _backendRoot;

    public RequestVariables(GatewayOptions options)
    {
        _variables = new MetaVariables([], options.Environment, options.PassAuthorization);
        _configured = [.. options.Environment.Keys];
        _backendRoot = options.BackendRoot?.TrimEnd('/');
    }

    /// <summary>Makes them.</summary>
    /// <param name="context">The request.</param>
    /// <param name="script">What it is for.</param>
    /// <param name="contentLength">The length of its body, or <see langword="null"/> where there is none or it is not known.</param>
    public IEnumerable<KeyValuePair<string, string>> Build(IHttpContext context, Script script, long? contentLength)
    {
        var variables = _variables.Build(context, script, contentLength);
        return _backendRoot is null && script.ContextRoot.Length > 0
            ? variables
            : variables.Select(variable => Map(variable, script.ContextRoot)).Where(static variable => variable.Value is not null);
    }

    private KeyValuePair<string, string> Map(KeyValuePair<string, string> variable, string root)
    {
        if (!Paths.Contains(variable.Key) || _configured.Contains(variable.Key))
        {
            return variable;
        }

        var value = variable.Value;
        if (root.Length == 0)
        {
            // Where there is no root, there are no paths.
            return new(variable.Key, variable.Key == "DOCUMENT_ROOT" && value.Length > 0 ? value : null!);
        }

        // The root of the virtual server means nothing to a program that knows the entry's.
        return new(
            variable.Key,
            variable.Key is "DOCUMENT_ROOT" ? _backendRoot!
            : value.StartsWith(root, StringComparison.Ordinal) ? _backendRoot + value[root.TrimEnd('/').Length..] : value);
    }
}
