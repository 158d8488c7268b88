using System.Runtime.CompilerServices;
using System.Runtime.Loader;

namespace Webserv.Host.Tests.Configuration;

public sealed class StrictBinderUnloadTests
{
    [Fact]
    public void Bind_OptionsOfAnUnloadablePlugin_DoNotKeepItInMemory()
    {
        var context = BindInContext();
        for (var i = 0; i < 20 && context.IsAlive; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.False(context.IsAlive);
    }

    // A method of its own, so that no local of it keeps anything alive.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference BindInContext()
    {
        var context = new AssemblyLoadContext("plugin", isCollectible: true);
        var assembly = context.LoadFromAssemblyPath(typeof(BinderOptions).Assembly.Location);
        var type = assembly.GetType(typeof(BinderOptions).FullName!, throwOnError: true)!;
        Assert.NotSame(typeof(BinderOptions), type);
        var (_, errors) = BinderFixture.Bind(Activator.CreateInstance(type)!, """
            { "Items": [ { "Name": "x" } ], "Inner": { "Name": "y" }, "Day": "Friday", "NullableText": null, "Map": { "a": "b" },
              "OnlyGot": ["a"], "OnlyGotMap": { "a": 1 }, "Time": "1s", "Even": 3, "Nope": 1 }
            """);
        Assert.Equal(2, errors.Length);
        context.Unload();
        return new WeakReference(context);
    }
}
