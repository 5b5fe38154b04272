using Tapestry.Samples.Mlp;

Terminal terminal = Terminal.OfProcess();
using Interruption interruption = Interruption.OfProcess(terminal.Leave);
return await MlpApp.RunAsync(args, terminal, interruption);
