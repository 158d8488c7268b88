namespace Webserv.Plugins.StaticFiles.Encodings;

/// <summary>What came out of a compression. It is accounted for as long as somebody holds it.</summary>
/// <param name="bytes">The content, never to be changed.</param>
/// <param name="memory">Where it is accounted for.</param>
internal sealed class CodedContent(byte[] bytes, CompressionMemory memory)
{
    private int _holders;

    /// <summary>The content, never to be changed.</summary>
    public byte[] Bytes => bytes;

    /// <summary>Its length in bytes.</summary>
    public int Length => bytes.Length;

    /// <summary>Holds it; followed by one <see cref="Leave"/>.</summary>
    public void Enter()
    {
        if (Interlocked.Increment(ref _holders) == 1)
        {
            memory.Add(bytes.Length);
        }
    }

    /// <summary>Has no need of it any more.</summary>
    public void Leave()
    {
        if (Interlocked.Decrement(ref _holders) == 0)
        {
            memory.Add(-bytes.Length);
        }
    }
}
