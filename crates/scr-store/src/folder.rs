//! The data folder, which is its owner's alone.
//!
//! It holds hashes of passwords, hidden masks and what is not published yet. Looks at the
//! folder itself: what lies within cannot be reached by who may not enter it. Does
//! nothing where files have no modes.

use std::path::Path;

use scr_data::durable;

use crate::StoreError;

/// Makes the folder with mode 0700 where it is missing, and gives an empty one that mode.
///
/// # Errors
/// [`StoreError::OpenFolder`] when it holds something and group or others have any right
/// to it, [`StoreError::Folder`] when it cannot be made or looked at.
pub fn claim(folder: &Path) -> Result<(), StoreError> {
    let failed = |source| StoreError::Folder { path: folder.to_owned(), source };
    if !folder.exists() {
        return durable::create_private_folder(folder).map_err(failed);
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = folder.metadata().map_err(failed)?.permissions().mode() & 0o7777;
        if mode & 0o077 == 0 {
            return Ok(());
        }
        if folder.read_dir().map_err(failed)?.next().is_some() {
            return Err(StoreError::OpenFolder { path: folder.to_owned(), mode });
        }
        durable::make_private(folder).map_err(failed)?;
    }
    Ok(())
}

#[cfg(all(test, unix))]
mod tests {
    use std::fs::Permissions;
    use std::os::unix::fs::PermissionsExt;

    use super::*;
    use crate::Store;

    fn mode(path: &Path) -> u32 {
        path.metadata().expect("it is there").permissions().mode() & 0o777
    }

    #[tokio::test]
    async fn a_data_folder_that_others_can_read_is_refused_with_what_to_do() {
        let temp = tempfile::tempdir().unwrap();
        let folder = temp.path().join("above/site");
        Store::open(&folder).await.unwrap().close().await;
        assert_eq!(mode(&folder), 0o700);
        for open in [0o750, 0o701, 0o720, 0o755, 0o1777] {
            std::fs::set_permissions(&folder, Permissions::from_mode(open)).unwrap();
            let error = Store::open(&folder).await.unwrap_err();
            assert!(matches!(error, StoreError::OpenFolder { .. }), "{open:o}: {error}");
            assert!(error.to_string().contains(&format!("found {open:04o}")), "{error}");
            assert!(error.hint().contains("chmod -R go= DATA"));
        }
        std::fs::set_permissions(&folder, Permissions::from_mode(0o700)).unwrap();
        Store::open(&folder).await.unwrap().close().await;
    }

    #[tokio::test]
    async fn an_empty_folder_becomes_its_owners_alone() {
        let temp = tempfile::tempdir().unwrap();
        let folder = temp.path().join("site");
        std::fs::create_dir(&folder).unwrap();
        std::fs::set_permissions(&folder, Permissions::from_mode(0o755)).unwrap();
        Store::open(&folder).await.unwrap().close().await;
        assert_eq!(mode(&folder), 0o700);
    }
}
