namespace Webserv.Representations;

/// <summary>What the conditions of a request come to.</summary>
internal enum Precondition
{
    /// <summary>The request is to be served.</summary>
    Holds,

    /// <summary>The client has it already: 304.</summary>
    NotModified,

    /// <summary>The client expected something else: 412.</summary>
    Failed,
}
