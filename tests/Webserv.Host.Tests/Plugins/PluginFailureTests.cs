using System.Reflection;
using Webserv.Host.Plugins;

namespace Webserv.Host.Tests.Plugins;

/// <summary>What an operator reads about types and versions that do not fit.</summary>
public sealed class PluginFailureTests
{
    [Fact]
    public void Describe_SharedAssemblyInANewerVersion_NamesBothVersionsAndWhatToDo()
    {
        var shared = ContractAssemblies.Names[2];
        var exception = new FileNotFoundException("Could not load it.", $"{shared.Name}, Version=99.0.0.0, Culture=neutral, PublicKeyToken=null");
        Assert.Equal(
            $"brings a library along that needs {shared.Name} 99.0.0.0, which all plugins share with the server, and this server has {shared.Version}: take a version of the library that needs no newer one, or update the server",
            PluginFailure.Describe(new TargetInvocationException(exception)));
        Assert.EndsWith("99.0.0.0, which all plugins share with the server, and this server has " + shared.Version
            + ": take a version of the library that needs no newer one, or update the server",
            PluginFailure.Describe(new FileLoadException("No.", exception.FileName)), StringComparison.Ordinal);
    }

    [Fact]
    public void Describe_AnyOtherAssembly_SaysThatItIsMissing() =>
        Assert.Equal(
            "needs the assembly Foo, Version=1.0.0.0, which is neither among its files nor part of the server",
            PluginFailure.Describe(new FileNotFoundException("Could not load it.", "Foo, Version=1.0.0.0")));

    [Fact]
    public void Describe_MemberThatIsMissing_NamesWhatIsShared()
    {
        var text = PluginFailure.Describe(new MissingMethodException("Method not found: 'Foo.Bar()'."));
        Assert.StartsWith("does not fit what it was built against: Method not found: 'Foo.Bar()'.", text, StringComparison.Ordinal);
        Assert.All(ContractAssemblies.Names, name => Assert.Contains($"{name.Name} {name.Version}", text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Describe_TypeOfOnePluginsLibraryInAnother_SaysWhyAndWhatToDo()
    {
        // The same library in the same version, and yet two.
        using var sandbox = new PluginSandbox();
        sandbox.Install("DependsOnOldJson");
        var first = await sandbox.LoadAsync();
        await using var second = await sandbox.LoadAsync();
        var exception = Assert.Throws<InvalidCastException>(() => Cast(TypeIn(first), TypeIn(second)));
        var text = PluginFailure.Describe(exception);
        Assert.StartsWith("casts between two copies of one type: [A]", text, StringComparison.Ordinal);
        Assert.EndsWith("or put what belongs together into one plugin", text, StringComparison.Ordinal);
        await first.DisposeAsync();
    }

    private static Type TypeIn(PluginCatalog catalog) => catalog.Find("DependsOnOldJson")!.MiddlewareType;

    private static void Cast(Type from, Type to) =>
        typeof(PluginFailureTests).GetMethod(nameof(CastTo), BindingFlags.NonPublic | BindingFlags.Static)!.MakeGenericMethod(to)
            .Invoke(null, BindingFlags.DoNotWrapExceptions, null, [System.Runtime.CompilerServices.RuntimeHelpers.GetUninitializedObject(from)], null);

    private static void CastTo<T>(object value) => GC.KeepAlive((T)value);
}
