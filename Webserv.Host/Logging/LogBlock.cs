namespace Webserv.Host.Logging;

/// <summary>Lines that are written together.</summary>
internal sealed class LogBlock(int size)
{
    /// <summary>Room for lines.</summary>
    public byte[] Bytes { get; } = GC.AllocateUninitializedArray<byte>(size);

    /// <summary>How much of it is filled.</summary>
    public int Count { get; set; }

    /// <summary>How much of it is in the file.</summary>
    public int Written { get; set; }

    /// <summary>What is filled and not in the file.</summary>
    public ReadOnlySpan<byte> Left => Bytes.AsSpan(Written, Count - Written);

    /// <summary>Empties it.</summary>
    public void Reset() => Count = Written = 0;

    /// <summary>Goes back to the beginning of a line of which a part was written: what follows goes to another file, which is to have the whole of it.</summary>
    public void GoBackToLine() => Written = Bytes.AsSpan(0, Written).LastIndexOf((byte)'\n') + 1;
}
