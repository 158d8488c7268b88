namespace Webserv.Plugins.StaticFiles;

/// <summary>A media type as the table of extensions has it. A name stands there twice where some files of it are compressed already.</summary>
/// <param name="Name">Type and subtype.</param>
/// <param name="IsCompressible">Whether its content gets smaller by compression.</param>
/// <param name="Index">Its place among the types of the table.</param>
internal sealed record MediaType(string Name, bool IsCompressible, int Index);
