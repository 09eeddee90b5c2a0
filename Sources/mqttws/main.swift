import CLI

CommandLineTool.run(CommandLine.arguments)
