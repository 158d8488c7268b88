namespace Webserv.Samples.GuestBook;

/// <summary>What the form holds, and what is wrong with it.</summary>
internal sealed record GuestBookForm(string Name, string Message, IReadOnlyList<string> Errors)
{
    public static readonly GuestBookForm Empty = new("", "", []);
}
