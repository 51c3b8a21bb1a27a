# Writes the list of files that make up the page, one ASSET line each; server/http/assets.c
# expands it. Run from the top of the source tree; $1 is the page /docs, which the build makes.
n=0
asset() { # path served, file
    case $1 in
    *.css) type='text/css; charset=utf-8' ;;
    *.js) type='text/javascript; charset=utf-8' ;;
    *.svg) type='image/svg+xml' ;;
    *) type='text/html; charset=utf-8' ;;
    esac
    n=$((n + 1))
    printf 'ASSET(asset_%d, "%s", "%s", "%s")\n' $n "$1" "$type" "$2"
}
asset / web/index.html
asset /docs "$1"
for file in web/*.css web/*.js web/*.svg; do
    asset "/${file#web/}" "$file"
done
asset /uPlot.js web/node_modules/uplot/dist/uPlot.iife.min.js
asset /uPlot.css web/node_modules/uplot/dist/uPlot.min.css
