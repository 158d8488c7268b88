namespace Webserv.Plugins.Uploads;

/// <summary>What happens to an upload whose name is taken.</summary>
public enum ConflictPolicy
{
    /// <summary>It is refused with 409; what is there stays.</summary>
    Reject,

    /// <summary>
    /// It takes the place of what is there, in one step: readers see the old file or the new one, whole. Of files of one form that have
    /// the same name, the second and later get the next free one, as under <see cref="Rename"/>.
    /// </summary>
    Replace,

    /// <summary>
    /// It gets the next free name: <c>name-1.txt</c>, <c>name-2.txt</c> and so on, of which the Location of a PUT tells. What is there stays,
    /// also where a PUT with If-Match or If-Unmodified-Since names the version that is there: 409.
    /// </summary>
    Rename,
}
