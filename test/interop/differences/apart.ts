/** A root directory that can be written to and is thrown away: relative names in a configuration lead a daemon into `/`. */
const script = `set -e
new=/mnt
mount -t tmpfs none "$new"
mkdir "$new/upper" "$new/work" "$new/root"
mount -t overlay -o "lowerdir=/,upperdir=$new/upper,workdir=$new/work" none "$new/root"
for shared in /proc /sys /dev /run /tmp /etc/ha.d /var/log /var/lib/heartbeat "$1"; do
  mkdir -p "$new/root$shared"
  mount --rbind "$shared" "$new/root$shared"
done
shift
exec chroot "$new/root" "$@"`

/** The words before a command that is to see this machine, these folders of the lab's host, and what it writes elsewhere alone. */
export const apart = (folder: string): string[] => ['unshare', '--mount', 'sh', '-c', script, 'sh', folder]
