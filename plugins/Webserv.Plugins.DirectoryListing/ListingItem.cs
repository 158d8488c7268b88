namespace Webserv.Plugins.DirectoryListing;

/// <summary>One name of a directory.</summary>
/// <param name="Name">The name as the file system has it.</param>
/// <param name="IsDirectory">Whether it is a directory.</param>
/// <param name="Length">The length in bytes; 0 for a directory.</param>
/// <param name="LastModified">The time of the last change.</param>
/// <param name="HasLink">Whether a request can name it: not so, for example, for names that are not UTF-8.</param>
internal readonly record struct ListingItem(string Name, bool IsDirectory, long Length, DateTimeOffset LastModified, bool HasLink);
