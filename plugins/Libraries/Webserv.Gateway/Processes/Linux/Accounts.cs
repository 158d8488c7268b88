using System.Globalization;
using System.Runtime.InteropServices;

namespace Webserv.Gateway.Processes.Linux;

/// <summary>The system's users and groups, wherever it has them from (<c>nsswitch.conf</c>).</summary>
internal static unsafe partial class Accounts
{
    private const string C = "libc";
    private const int OutOfRange = 34; // ERANGE
    private const int LargestBuffer = 1 << 20;
    private const int MostGroups = 65536; // NGROUPS_MAX

    private delegate int LookUp(byte* record, byte* buffer, nuint size, out byte* found);

    /// <summary>Whether the server may become whoever it wants.</summary>
    public static bool IsRoot { get; } = OperatingSystem.IsLinux() && EffectiveUser() == 0;

    /// <summary>Finds a user by name, or by number, where the system need not know it.</summary>
    public static Account? FindUser(string text)
    {
        var number = Number(text);
        Account? account = null;
        Find(
            (byte* record, byte* buffer, nuint size, out byte* found) =>
                number is { } id ? UserById(id, record, buffer, size, out found) : UserByName(text, record, buffer, size, out found),
            record =>
            {
                var user = (User*)record;
                account = new Account(user->Id, user->Group, Marshal.PtrToStringUTF8((nint)user->Name));
            });
        return account ?? (number is { } unknown ? new Account(unknown, null, null) : null);
    }

    /// <summary>Finds a group by name, or by number, where the system need not know it.</summary>
    public static uint? FindGroup(string text)
    {
        if (Number(text) is { } number)
        {
            return number;
        }

        uint? group = null;
        Find(
            (byte* record, byte* buffer, nuint size, out byte* found) => GroupByName(text, record, buffer, size, out found),
            record => group = ((Group*)record)->Id);
        return group;
    }

    /// <summary>The groups of a user, <paramref name="group"/> among them.</summary>
    public static IReadOnlyList<uint> GroupsOf(string user, uint group)
    {
        var room = new uint[64];
        while (true)
        {
            var count = room.Length;
            fixed (uint* groups = room)
            {
                if (GroupList(user, group, groups, ref count) >= 0)
                {
                    return room[..count];
                }
            }

            if (room.Length >= MostGroups)
            {
                throw new InvalidOperationException($"User {user} is in more than {MostGroups} groups.");
            }

            room = new uint[Math.Clamp(count, room.Length * 2, MostGroups)];
        }
    }

    private static uint? Number(string text) =>
        uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number != uint.MaxValue ? number : null;

    private static void Find(LookUp lookUp, RecordReader read)
    {
        var record = stackalloc byte[128]; // struct passwd has 48 bytes, struct group 32.
        for (var size = 4096; ; size *= 4)
        {
            var buffer = (byte*)NativeMemory.Alloc((nuint)size);
            try
            {
                var error = lookUp(record, buffer, (nuint)size, out var found);
                if (error == OutOfRange && size < LargestBuffer)
                {
                    continue;
                }

                if (found is not null)
                {
                    read(found);
                }

                return; // Some systems report an error for what does not exist, too.
            }
            finally
            {
                NativeMemory.Free(buffer);
            }
        }
    }

    private delegate void RecordReader(byte* record);

    [LibraryImport(C, EntryPoint = "geteuid")]
    private static partial uint EffectiveUser();

    [LibraryImport(C, EntryPoint = "getpwnam_r", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int UserByName(string name, byte* record, byte* buffer, nuint size, out byte* found);

    [LibraryImport(C, EntryPoint = "getpwuid_r")]
    private static partial int UserById(uint id, byte* record, byte* buffer, nuint size, out byte* found);

    [LibraryImport(C, EntryPoint = "getgrnam_r", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int GroupByName(string name, byte* record, byte* buffer, nuint size, out byte* found);

    [LibraryImport(C, EntryPoint = "getgrouplist", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int GroupList(string user, uint group, uint* groups, ref int count);

    /// <summary>A user.</summary>
    /// <param name="Id">The number.</param>
    /// <param name="Group">The number of the user's own group, where the system knows the user.</param>
    /// <param name="Name">The name, where the system knows the user.</param>
    internal sealed record Account(uint Id, uint? Group, string? Name);

    // struct passwd and struct group begin alike with glibc and musl.
    [StructLayout(LayoutKind.Sequential)]
    private struct User
    {
        public byte* Name;
        public byte* Password;
        public uint Id;
        public uint Group;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Group
    {
        public byte* Name;
        public byte* Password;
        public uint Id;
    }
}
