using Microsoft.Extensions.Configuration;

namespace Webserv.Host.Configuration;

/// <summary>A shape that wants to know where it was bound from. Implemented explicitly, so that it is no key of the file.</summary>
internal interface ILocated
{
    /// <summary>The section that the object was bound from.</summary>
    IConfigurationSection Section { get; set; }
}
