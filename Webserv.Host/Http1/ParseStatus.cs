namespace Webserv.Host.Http1;

/// <summary>How far a resumable parser has come.</summary>
internal enum ParseStatus
{
    /// <summary>All bytes were looked at and more are needed.</summary>
    NeedMore,

    /// <summary>The end was reached.</summary>
    Complete,

    /// <summary>The bytes are not what they should be.</summary>
    Rejected,
}
