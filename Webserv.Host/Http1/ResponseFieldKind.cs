namespace Webserv.Host.Http1;

/// <summary>What becomes of a field that a middleware sets.</summary>
internal enum ResponseFieldKind
{
    /// <summary>It is sent as it was set.</summary>
    Ordinary,

    /// <summary>It is the length of the body.</summary>
    Length,

    /// <summary>It asks for the connection to end after the response.</summary>
    Close,
}
