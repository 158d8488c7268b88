using System.Runtime.InteropServices;
using Webserv.Abstractions.Files;

namespace Webserv.Host.Files;

/// <summary>struct statx of Linux, as far as it is read.</summary>
[StructLayout(LayoutKind.Explicit, Size = 256)]
internal struct StatxBuffer
{
    private const ushort TypeMask = 0xF000;
    private const ushort TypeDirectory = 0x4000;
    private const ushort TypeRegular = 0x8000;
    private const ushort TypeSymbolicLink = 0xA000;

    [FieldOffset(0x10)]
    public uint Links;
    [FieldOffset(0x14)]
    public uint Owner;
    [FieldOffset(0x1C)]
    public ushort Mode;
    [FieldOffset(0x20)]
    public ulong Inode;
    [FieldOffset(0x28)]
    public ulong Size;
    [FieldOffset(0x60)]
    public long ChangedSeconds;
    [FieldOffset(0x68)]
    public uint ChangedNanoseconds;
    [FieldOffset(0x70)]
    public long ModifiedSeconds;
    [FieldOffset(0x78)]
    public uint ModifiedNanoseconds;
    [FieldOffset(0x88)]
    public uint DeviceMajor;
    [FieldOffset(0x8C)]
    public uint DeviceMinor;

    public readonly bool IsSymbolicLink => (Mode & TypeMask) == TypeSymbolicLink;

    public readonly FileFacts ToFacts() => new(
        (Mode & TypeMask) switch
        {
            TypeRegular => FileKind.File,
            TypeDirectory => FileKind.Directory,
            _ => FileKind.Forbidden,
        },
        ((ulong)DeviceMajor << 32) | DeviceMinor,
        Inode,
        (long)Size,
        ModifiedSeconds,
        ModifiedNanoseconds,
        ChangedSeconds,
        ChangedNanoseconds);
}
