using Microsoft.CodeAnalysis;

namespace Webserv.Analyzers;

/// <summary>What is looked for; docs/analyzers.md says more about each.</summary>
internal static class Rules
{
    private const string Category = "Webserv";
    private const string Page = "docs/analyzers.md#";

    /// <summary>A call that blocks in a middleware that promises not to.</summary>
    public static readonly DiagnosticDescriptor Blocking = new(
        "WEBSERV001",
        "A middleware that promises not to block, blocks",
        "{0} blocks the event loop that '{1}' is run on and every connection of it: await instead, or take [NonBlocking] away",
        Category,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: Page + "webserv001");

    /// <summary>A change of the response behind next.</summary>
    public static readonly DiagnosticDescriptor ResponseAfterNext = new(
        "WEBSERV002",
        "The response is changed behind next without a look at HasStarted",
        "The response may have gone out when '{0}' has ended, and {1} throws or breaks the answer then: look at Response.HasStarted first, or do it in Response.OnStarting before",
        Category,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: Page + "webserv002");

    /// <summary>A token that is at hand and not handed on.</summary>
    public static readonly DiagnosticDescriptor Token = new(
        "WEBSERV003",
        "The cancellation token is not passed on",
        "'{0}' goes on when nobody waits for the answer any more: pass '{1}', or say CancellationToken.None if it is to go on",
        Category,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: Page + "webserv003");

    /// <summary>Something of the plugin in a static that outlives it.</summary>
    public static readonly DiagnosticDescriptor Static = new(
        "WEBSERV004",
        "A static of the process holds on to the plugin",
        "'{0}' outlives the plugin and keeps it in memory when it has been replaced: {1}",
        Category,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: Page + "webserv004");

    /// <summary>Something that goes on by itself.</summary>
    public static readonly DiagnosticDescriptor Running = new(
        "WEBSERV005",
        "A timer, thread or registration is not ended with the plugin",
        "{0} goes on when the plugin has been replaced and keeps it in memory: {1}",
        Category,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: Page + "webserv005");

    /// <summary>A cache of the runtime that a type of the plugin goes into.</summary>
    public static readonly DiagnosticDescriptor Cache = new(
        "WEBSERV006",
        "A cache of the runtime holds on to types of the plugin",
        "'{0}' puts types of the plugin into a cache of the runtime, which keeps it in memory when it has been replaced: {1}",
        Category,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: Page + "webserv006");

    /// <summary>A body that is read or written synchronously.</summary>
    public static readonly DiagnosticDescriptor SynchronousBody = new(
        "WEBSERV007",
        "A body is read or written synchronously",
        "'{0}' throws NotSupportedException: the bodies of the server are asynchronous, await '{1}'",
        Category,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: Page + "webserv007");
}
