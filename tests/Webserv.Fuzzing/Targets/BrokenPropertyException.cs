namespace Webserv.Fuzzing.Targets;

/// <summary>Something that must hold for every input does not hold for this one.</summary>
internal sealed class BrokenPropertyException(string message) : Exception(message)
{
    /// <summary>Throws where two ways to the same result differ.</summary>
    public static void ThrowIfDifferent<T>(T expected, T actual, string what)
    {
        if (!EqualityComparer<T>.Default.Equals(expected, actual))
        {
            throw new BrokenPropertyException($"{what}: {expected} became {actual}");
        }
    }

    /// <summary>Throws where something does not hold.</summary>
    public static void ThrowUnless(bool holds, string what)
    {
        if (!holds)
        {
            throw new BrokenPropertyException(what);
        }
    }
}
