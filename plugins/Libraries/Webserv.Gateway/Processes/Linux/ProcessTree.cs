using System.Globalization;

namespace Webserv.Gateway.Processes.Linux;

/// <summary>The processes that a running one has started, as far as their parents are still there.</summary>
internal static class ProcessTree
{
    private const int Most = 1000;

    /// <summary>Those that have left the group of the process and so are not reached through it.</summary>
    /// <param name="root">The process, which leads its group.</param>
    /// <param name="mark">What they are to count as.</param>
    public static List<MarkedProcess> OutsideGroup(int root, string mark)
    {
        var outside = new List<MarkedProcess>();
        var waiting = new Queue<int>([root]);
        for (var seen = 0; seen < Most && waiting.TryDequeue(out var parent); seen++)
        {
            foreach (var child in ChildrenOf(parent))
            {
                waiting.Enqueue(child);
                var handle = ProcessHandle.Open(child);
                if (handle is not null && StatusOf(child) is { } status && status.Parent == parent && status.Group != root)
                {
                    outside.Add(new MarkedProcess(child, mark, handle));
                }
                else
                {
                    handle?.Dispose();
                }
            }
        }

        return outside;
    }

    private static List<int> ChildrenOf(int pid)
    {
        var children = new List<int>();
        try
        {
            foreach (var task in Directory.EnumerateDirectories(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/task")))
            {
                foreach (var word in File.ReadAllText(Path.Join(task, "children")).Split(' ', StringSplitOptions.RemoveEmptyEntries))
                {
                    children.Add(int.Parse(word, NumberStyles.None, CultureInfo.InvariantCulture));
                }
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // It has ended meanwhile; or the kernel keeps no such list, and the marks have to do.
        }

        return children;
    }

    private static (int Parent, int Group)? StatusOf(int pid)
    {
        try
        {
            // The name is in parentheses and may hold anything; state, parent and group are behind it.
            var text = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/stat"));
            return text[(text.LastIndexOf(')') + 1)..].Split(' ', 5, StringSplitOptions.RemoveEmptyEntries) is [_, var parent, var group, ..]
                ? (int.Parse(parent, CultureInfo.InvariantCulture), int.Parse(group, CultureInfo.InvariantCulture))
                : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null; // It has ended meanwhile.
        }
    }
}
