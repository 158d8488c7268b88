using System.Runtime.InteropServices;
using System.Text;

namespace Webserv.Gateway.Processes.Linux;

/// <summary>A list of NUL-terminated UTF-8 strings that itself ends with a null pointer, as <c>argv</c> and <c>envp</c> are.</summary>
internal sealed unsafe class NativeStrings : IDisposable
{
    private byte** _block;

    public NativeStrings(IReadOnlyCollection<string> values)
    {
        var pointers = (values.Count + 1) * sizeof(byte*);
        var size = values.Sum(static value => Encoding.UTF8.GetByteCount(value) + 1);
        _block = (byte**)NativeMemory.Alloc((nuint)(pointers + size));
        var text = (byte*)_block + pointers;
        var index = 0;
        foreach (var value in values)
        {
            _block[index++] = text;
            var length = Encoding.UTF8.GetBytes(value, new Span<byte>(text, size));
            text[length] = 0;
            text += length + 1;
            size -= length + 1;
        }

        _block[index] = null;
    }

    /// <summary>The list; valid until the object is disposed.</summary>
    public byte** Pointer => _block;

    public void Dispose()
    {
        NativeMemory.Free(_block);
        _block = null;
    }
}
