using System.Reflection;

namespace Webserv.Host.Plugins;

/// <summary>Says in one sentence what went wrong in the code of a plugin.</summary>
internal static class PluginFailure
{
    /// <summary>The sentence for an exception that a plugin threw or that loading its code threw.</summary>
    public static string Describe(Exception exception) => exception switch
    {
        PluginException => exception.Message,
        TargetInvocationException { InnerException: { } inner } => Describe(inner),
        TypeInitializationException { InnerException: { } inner } => Describe(inner),
        AggregateException { InnerExceptions: [var inner] } => Describe(inner),
        ReflectionTypeLoadException { LoaderExceptions: [{ } first, ..] } => Describe(first),
        FileNotFoundException { FileName: { } name } when IsAssembly(name) =>
            $"needs the assembly {name}, which is neither among its files nor part of the server",
        FileLoadException { FileName: { } name } when IsAssembly(name) =>
            $"needs the assembly {name}, which cannot be loaded: {exception.Message}",
        BadImageFormatException => $"is damaged or no .NET assembly: {exception.Message}",
        TypeLoadException or MissingMemberException =>
            $"does not fit what it was built against: {exception.Message}",
        _ => $"threw {exception.GetType().Name}: {exception.Message}",
    };

    private static bool IsAssembly(string name) => name.Contains("Version=", StringComparison.Ordinal);
}
