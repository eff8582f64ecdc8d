"""An MCP server with one tool, over standard input and output, with fastmcp's or else the SDK's own telemetry."""

import scene

provider = scene.provider()
try:
    from fastmcp import FastMCP as Server
except ImportError:
    try:
        from mcp.server.mcpserver import MCPServer as Server
    except ImportError:  # mcp 1
        from mcp.server.fastmcp import FastMCP as Server
server = Server("buoys")


@server.tool()
def buoy() -> str:
    """Counts the buoys."""
    return "nine"


server.run()
provider.shutdown()
