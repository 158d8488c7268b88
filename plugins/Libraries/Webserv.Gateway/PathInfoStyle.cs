namespace Webserv.Gateway;

/// <summary>What a script finds in <c>PATH_INFO</c>.</summary>
public enum PathInfoStyle
{
    /// <summary>What follows the script's own path (RFC 3875 section 4.1.5).</summary>
    Rfc,

    /// <summary>The whole path of the request, as Apache's <c>Action</c> gives it.</summary>
    FullPath,
}
