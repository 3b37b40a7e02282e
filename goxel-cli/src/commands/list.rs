//! [`commands!`]: an enum of commands, which hands everything on to the one that was given.

/// Makes a subcommand of clap's of each struct, and an [`Action`](super::Action) of all of them.
/// There is no arm for what is not in the list.
macro_rules! commands {
    ($about:literal $list:ident { $($(#[$attribute:meta])* $name:ident($command:ty),)* }) => {
        #[doc = $about]
        #[derive(Clone, Debug, PartialEq, clap::Subcommand)]
        #[command(defer = true)]
        pub(crate) enum $list {
            $(
                #[command(about = <$command as $crate::commands::Action>::ABOUT)]
                $(#[$attribute])*
                $name($command),
            )*
        }

        impl $crate::commands::Action for $list {
            const ABOUT: &str = $about;

            fn traits(&self) -> $crate::commands::Traits {
                match self { $(Self::$name(command) => command.traits(),)* }
            }

            fn layers(&mut self) -> $crate::commands::Layers<'_> {
                match self { $(Self::$name(command) => command.layers(),)* }
            }

            fn build(&self, requests: &mut goxel_client::Requests) -> anyhow::Result<()> {
                match self { $(Self::$name(command) => command.build(requests),)* }
            }

            fn show(
                &self,
                results: &[goxel_proto::json::Value<'_>],
                style: $crate::commands::OutputStyle,
            ) -> anyhow::Result<String> {
                match self { $(Self::$name(command) => command.show(results, style),)* }
            }

            fn json(&self, results: &[goxel_proto::json::Value<'_>]) -> String {
                match self { $(Self::$name(command) => command.json(results),)* }
            }

            fn forced(&self) -> Option<(Self, String)> {
                match self {
                    $(Self::$name(command) => {
                        command.forced().map(|(forced, lost)| (Self::$name(forced), lost))
                    })*
                }
            }

            fn way(&self) -> $crate::commands::Way<'_> {
                match self { $(Self::$name(command) => command.way(),)* }
            }

            fn is_complete(&self) -> bool {
                match self { $(Self::$name(command) => command.is_complete(),)* }
            }

            fn complete(
                &mut self,
                client: &mut goxel_client::Client,
                project: Option<&str>,
            ) -> anyhow::Result<()> {
                match self { $(Self::$name(command) => command.complete(client, project),)* }
            }
        }

        impl $crate::commands::Arguments for $list {
            fn argument(&self, member: &str) -> Option<String> {
                match self { $(Self::$name(command) => command.argument(member),)* }
            }
        }
    };
}

pub(crate) use commands;
