namespace Webserv.Fuzzing.Targets;

/// <summary>Something that reads octets of strangers, and what must hold whatever they are.</summary>
internal interface IFuzzTarget
{
    /// <summary>The name on the command line and of the corpus.</summary>
    string Name { get; }

    /// <summary>Reads an input in several ways.</summary>
    /// <exception cref="BrokenPropertyException">Something that must hold does not.</exception>
    void Run(ReadOnlySpan<byte> input);
}
