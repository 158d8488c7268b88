using System.Reflection;
using System.Runtime.Loader;

namespace Webserv.Testing.Plugins;

/// <summary>
/// Searches what of the runtime lives as long as the process and takes in what others give it (events, timers, caches, lists of meters)
/// for references into a load context.
/// </summary>
internal sealed class ReferencePaths
{
    private const int MaxObjects = 200_000;
    private const BindingFlags InstanceFields = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;
    private const BindingFlags StaticFields = BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    // Types whose static fields hold what a plugin may have registered.
    private static readonly (string Assembly, string Type)[] Roots =
    [
        ("System.Private.CoreLib", "System.AppContext"),
        ("System.Private.CoreLib", "System.AppDomain"),
        ("System.Private.CoreLib", "System.Runtime.Loader.AssemblyLoadContext"),
        ("System.Private.CoreLib", "System.Threading.Tasks.TaskScheduler"),
        ("System.Private.CoreLib", "System.Threading.TimerQueue"),
        ("System.Private.CoreLib", "System.Runtime.InteropServices.PosixSignalRegistration"),
        ("System.Console", "System.Console"),
        ("System.Text.Json", "System.Text.Json.JsonSerializerOptions"),
        ("System.Text.Json", "System.Text.Json.Serialization.Metadata.DefaultJsonTypeInfoResolver"),
        ("System.ComponentModel.TypeConverter", "System.ComponentModel.TypeDescriptor"),
        ("System.ComponentModel.TypeConverter", "System.ComponentModel.ReflectTypeDescriptionProvider"),
        ("System.ComponentModel.Annotations", "System.ComponentModel.DataAnnotations.ValidationAttributeStore"),
        ("System.Diagnostics.DiagnosticSource", "System.Diagnostics.ActivitySource"),
        ("System.Diagnostics.DiagnosticSource", "System.Diagnostics.DiagnosticListener"),
        ("System.Diagnostics.DiagnosticSource", "System.Diagnostics.Metrics.Meter"),
        ("System.Diagnostics.DiagnosticSource", "System.Diagnostics.Metrics.MeterListener"),
    ];

    private readonly AssemblyLoadContext _context;
    private readonly HashSet<object> _seen = new(ReferenceEqualityComparer.Instance);
    private readonly Queue<(object Value, string Path)> _queue = new();
    private readonly List<string> _found = [];

    private ReferencePaths(AssemblyLoadContext context) => _context = context;

    /// <summary>Finds references into a context, one for each root at most.</summary>
    public static IReadOnlyList<string> Find(AssemblyLoadContext context)
    {
        var assemblies = AppDomain.CurrentDomain.GetAssemblies()
            .Where(assembly => AssemblyLoadContext.GetLoadContext(assembly) == AssemblyLoadContext.Default)
            .ToLookup(assembly => assembly.GetName().Name);
        var search = new ReferencePaths(context);
        foreach (var (assembly, name) in Roots)
        {
            // Not loaded: then nothing is in it.
            if (assemblies[assembly].FirstOrDefault()?.GetType(name) is { } type)
            {
                search.SearchStatics(type);
            }
        }

        return search._found;
    }

    private void SearchStatics(Type type)
    {
        foreach (var field in type.GetFields(StaticFields))
        {
            if (!field.IsLiteral && IsFollowed(field.FieldType) && field.GetValue(null) is { } value)
            {
                _queue.Clear();
                _queue.Enqueue((value, $"{type.FullName}.{NameOf(field)}"));
                Search();
            }
        }
    }

    private void Search()
    {
        while (_seen.Count < MaxObjects && _queue.TryDequeue(out var next))
        {
            if (Belongs(next.Value))
            {
                _found.Add($"{next.Path}: {(next.Value as Type ?? next.Value.GetType()).FullName}");
                return;
            }

            // The context itself and its assemblies refer to all of it, and are known to whoever loads: they are no reason.
            if (next.Value is AssemblyLoadContext or Assembly or Module or MemberInfo or string or Pointer || !_seen.Add(next.Value))
            {
                continue;
            }

            Follow(next.Value, next.Path);
        }
    }

    private void Follow(object value, string path)
    {
        if (value is Array array)
        {
            if (IsFollowed(array.GetType().GetElementType()!))
            {
                foreach (var item in array)
                {
                    Enqueue(item, path);
                }
            }

            return;
        }

        for (var type = value.GetType(); type is not null && type != typeof(object); type = type.BaseType)
        {
            foreach (var field in type.GetFields(InstanceFields))
            {
                if (IsFollowed(field.FieldType))
                {
                    Enqueue(field.GetValue(value), $"{path}.{NameOf(field)}");
                }
            }
        }
    }

    private void Enqueue(object? value, string path)
    {
        if (value is not null)
        {
            _queue.Enqueue((value, path));
        }
    }

    private static bool IsFollowed(Type type) =>
        !type.IsPointer && !type.IsFunctionPointer && !type.IsByRefLike && !type.IsPrimitive && !type.IsEnum && type != typeof(string) && type != typeof(nint);

    private bool Belongs(object value) =>
        Belongs(value.GetType())
        || (value is Type type && Belongs(type))
        || (value is MemberInfo { DeclaringType: { } declaring } and not Type && Belongs(declaring));

    private bool Belongs(Type type) =>
        type.IsCollectible
        && (AssemblyLoadContext.GetLoadContext(type.Assembly) == _context
            || (type.IsGenericType && type.GetGenericArguments().Any(Belongs))
            || (type.HasElementType && Belongs(type.GetElementType()!)));

    /// <summary>The name of a property rather than that of the field behind it.</summary>
    private static string NameOf(FieldInfo field) =>
        field.Name.StartsWith('<') && field.Name.IndexOf('>') is > 1 and var end ? field.Name[1..end] : field.Name;
}
