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
        FileNotFoundException or FileLoadException when NewerShared(exception) is { } problem => problem,
        FileNotFoundException { FileName: { } name } when IsAssembly(name) =>
            $"needs the assembly {name}, which is neither among its files nor part of the server",
        FileLoadException { FileName: { } name } when IsAssembly(name) =>
            $"needs the assembly {name}, which cannot be loaded: {exception.Message}",
        BadImageFormatException => $"is damaged or no .NET assembly: {exception.Message}",
        TypeLoadException or MissingMemberException =>
            $"does not fit what it was built against: {exception.Message} Two of the libraries that it brings along need different versions of a third, or one needs another version than the server's of an assembly that all plugins share ({string.Join(", ", ContractAssemblies.Names.Select(name => $"{name.Name} {name.Version}"))}): build it with versions that fit together",
        InvalidCastException when IsCastBetweenCopies(exception.Message) =>
            $"casts between two copies of one type: {exception.Message} Every plugin has its own copy of what it brings along, and the types of two copies are different types: let plugins hand each other types of the runtime or of Webserv.Abstractions, or put what belongs together into one plugin",
        _ => $"threw {exception.GetType().Name}: {exception.Message}",
    };

    /// <summary>Whether the runtime says that two types of one name are not the same.</summary>
    public static bool IsCastBetweenCopies(string message) =>
        message.StartsWith("[A]", StringComparison.Ordinal) && message.Contains("[B]", StringComparison.Ordinal);

    /// <summary>
    /// An assembly that all plugins share, in a newer version than the server has: what the plugin itself refers to was checked
    /// before, so a library asks for it that it brings along.
    /// </summary>
    private static string? NewerShared(Exception exception)
    {
        var name = (exception as FileNotFoundException)?.FileName ?? (exception as FileLoadException)?.FileName;
        if (name is null || !IsAssembly(name))
        {
            return null;
        }

        var wanted = new AssemblyName(name);
        return ContractAssemblies.Names.FirstOrDefault(shared => shared.Name == wanted.Name && shared.Version < wanted.Version) is { } shared
            ? $"brings a library along that needs {wanted.Name} {wanted.Version}, which all plugins share with the server, and this server has {shared.Version}: take a version of the library that needs no newer one, or update the server"
            : null;
    }

    private static bool IsAssembly(string name) => name.Contains("Version=", StringComparison.Ordinal);
}
